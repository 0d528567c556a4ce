/** The process of an on_demand target: there while there is work, and a little longer. */
import { describe, expect, test } from "vitest";
import type { Target } from "#src/core/ports.ts";
import { freePort } from "../../../free-port.ts";
import {
  endOf,
  fakeAgent,
  fixtureAgent,
  type OpenAdapter,
  openAcpAdapter,
  patient,
  signalWhere,
  targetOf,
  taskOf,
} from "../../../launching.ts";

const onDemand = (idle_timeout_ms: number, changes: Partial<Target["launch"]> = {}): Target => {
  const target = targetOf(fakeAgent());
  return { ...target, launch: { ...target.launch, mode: "on_demand", idle_timeout_ms, ...changes } };
};
const stateOf = async (acp: OpenAdapter, target: Target) => (await acp.adapter.health(target, {})).state;

describe("a target that is launched on demand", () => {
  test("is stopped when it had no work for its limit, says so, and is launched for the next task", async () => {
    await using acp = openAcpAdapter();
    const target = onDemand(80);
    const first = new AbortController();
    const run = await acp.run(target, taskOf({ mode: "echo", text: "one" }), first.signal);
    expect(await endOf(run)).toMatchObject({ kind: "completed" });
    first.abort();
    await expect.poll(() => stateOf(acp, target), { timeout: 5000 }).toBe("down");
    expect(await acp.adapter.health(target, {})).toEqual({
      healthy: false,
      state: "down",
      detail: "stopped after 80 ms without work",
    });
    const second = new AbortController();
    const again = await acp.run(target, taskOf({ mode: "echo", text: "two" }), second.signal);
    expect(await endOf(again)).toMatchObject({ kind: "completed" });
    expect(acp.ledger.rows()).toHaveLength(2);
  });

  test("is not stopped while a turn is open, however long it takes", async () => {
    await using acp = openAcpAdapter();
    const target = onDemand(20);
    const caller = new AbortController();
    const payload = { mode: "delayed_success", delay_ms: 600, heartbeat_ms: 50 };
    const run = await acp.run(target, taskOf(payload), caller.signal);
    expect(await endOf(run)).toMatchObject({ kind: "completed" });
    expect(acp.ledger.rows()).toMatchObject([{ status: "ready" }]);
  });

  test("is not stopped between its launch and the hand-over of a task, nor for those who come later", async () => {
    await using acp = openAcpAdapter();
    const target = onDemand(1);
    const [first, second] = [new AbortController(), new AbortController()];
    const lease = await acp.adapter.launch(target, {}, first.signal).lease;
    expect(acp.adapter.usable(target, {}, second.signal)).toBe(lease);
    first.abort();
    const other = targetOf(fixtureAgent("lingering"), { target_id: "other" });
    await acp.adapter.launch(other, {}, patient).lease; // takes far longer than the limit
    expect(lease.gone.aborted).toBe(false);
    const run = await acp.adapter.submit(taskOf("x"), target, lease, second.signal);
    expect(await endOf(run)).toMatchObject({ kind: "completed" });
  });

  test("comes up anew for a task that arrives while it is being stopped", async () => {
    await using acp = openAcpAdapter({ stepMs: 300 });
    const target = onDemand(1, { command: fixtureAgent("lingering", "--ignore-end", "--ignore-term") });
    const first = new AbortController();
    const former = await acp.adapter.launch(target, {}, first.signal).lease;
    first.abort();
    await expect.poll(() => stateOf(acp, target)).toBe("stopping");
    const lease = await acp.adapter.launch(target, {}, patient).lease;
    expect(lease.process_id).not.toBe(former.process_id);
    expect(former.gone.aborted).toBe(true);
  });

  test("takes its companion along, and brings it back", async () => {
    await using acp = openAcpAdapter();
    const port = await freePort();
    const gateway = {
      name: "gateway",
      command: fixtureAgent("gateway", "--port", String(port)),
      env: {},
      cwd: null,
      healthcheck: `http://127.0.0.1:${port}/readyz`,
      timeout_ms: 20_000,
    };
    const target = onDemand(50, { requires: [gateway] });
    const first = new AbortController();
    const run = await acp.run(target, taskOf({ mode: "delayed_success", delay_ms: 200 }), first.signal);
    await signalWhere(run, ({ kind }) => kind === "completed");
    expect((await fetch(gateway.healthcheck)).status).toBe(200);
    first.abort();
    const ended = () => acp.ledger.rows().map(({ status }) => status);
    await expect.poll(ended, { timeout: 5000 }).toEqual(["exited", "exited"]);
    await acp.adapter.launch(target, {}, patient).lease;
    expect(acp.ledger.rows().map(({ subcontext_key }) => subcontext_key)).toEqual([
      "default",
      "companion:gateway",
      "default",
      "companion:gateway",
    ]);
  });
});
