/** What is known of a server of others, while its runs are followed. */
import { createServer, type ServerResponse } from "node:http";
import { describe, expect, test } from "vitest";
import { externalTarget, openHttpAdapter } from "../../../comm-agent.ts";
import { freePort } from "../../../free-port.ts";
import { endOf, faultOf, patient, taskOf } from "../../../launching.ts";
import { openEngine, until } from "../../../open-engine.ts";
import { startScripted } from "../../../scripted-http.ts";
import { completes, json, oneAgent, scripted, up } from "./scripted-server.ts";

const working = { run_id: "r", session_id: "", status: "in-progress" };
const streams = (res: ServerResponse): void => {
  res.writeHead(200, { "content-type": "text/event-stream", "run-id": "r" });
  res.write(`data: ${JSON.stringify({ type: "run.in-progress", run: working })}\n\n`);
};
const lasting = { ...up, ...oneAgent, "POST /runs": streams };

/** Something that answers everything at a port with the same. */
async function answering(port: number, body: object) {
  const server = createServer((_req, res) => json(res, { ...body }));
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe("a server of others that a run can't reach any more", () => {
  test("isn't healthy, says why, and has lost its leases", async () => {
    const server = await scripted(lasting);
    await using http = openHttpAdapter({ lostMs: 300 });
    const target = externalTarget(server.url);
    const lease = await http.adapter.launch(target, {}, patient).lease;
    const run = await http.adapter.submit(taskOf("hi"), target, lease, patient);
    expect(http.adapter.health(target, {})).toEqual({ healthy: true, state: "up" });
    await server[Symbol.asyncDispose]();
    expect(await endOf(run)).toMatchObject({ reason: "remote_failed" });
    expect(http.adapter.health(target, {})).toEqual({
      healthy: false,
      state: "down",
      detail: "the run's events: ECONNREFUSED",
    });
    expect([lease.gone.aborted, http.adapter.usable(target, {})]).toEqual([true, undefined]);
  });

  test("is healthy again as soon as the run hears of it", async () => {
    const server = await scripted(lasting);
    const port = Number(new URL(server.url).port);
    await using http = openHttpAdapter();
    const target = externalTarget(server.url);
    const run = await http.run(target, taskOf("hi"));
    const healthy = () => http.adapter.health(target, {}).healthy;
    await server[Symbol.asyncDispose]();
    await expect.poll(healthy).toBe(false);
    await using _again = await answering(port, { ...working, events: [] });
    await expect.poll(healthy, { timeout: 10_000 }).toBe(true);
    await run.cancel?.();
  });

  test("stays ill where its own health check says so, whatever a run hears", async () => {
    let well = true;
    await using server = await startScripted({
      "GET /ping": () => (well ? { json: {} } : { status: 503, json: { message: "ill" } }),
      "GET /agents": () => ({ json: { agents: [{ name: "only" }] } }),
      "POST /runs": () => ({ status: 202, json: working }),
      "GET /runs/r/events": () => ({ json: { events: [] } }),
      "GET /runs/r": () => ({ json: working }),
    });
    await using http = openHttpAdapter();
    const target = externalTarget(server.url);
    const run = await http.run(target, taskOf("hi"));
    well = false;
    await faultOf(http.adapter.launch(target, {}, patient).lease);
    const heard = server.calls.length;
    await expect.poll(() => server.calls.length).toBeGreaterThan(heard + 2);
    expect(http.adapter.health(target, {})).toMatchObject({ detail: "health check: 503: ill" });
    await run.cancel?.();
  });
});

test("a server of others that isn't there when it is to get the work isn't healthy", async () => {
  const server = await scripted(completes);
  await using http = openHttpAdapter();
  const target = externalTarget(server.url);
  const lease = await http.adapter.launch(target, {}, patient).lease;
  await server[Symbol.asyncDispose]();
  const fault = await faultOf(http.adapter.submit(taskOf("hi"), target, lease, patient));
  expect(fault.kind).toBe("submit_failed");
  expect(http.adapter.health(target, {})).toMatchObject({ healthy: false, detail: fault.message });
});

test("a run of an earlier life tells whether its server is up", async () => {
  const port = await freePort();
  await using http = openHttpAdapter();
  const target = externalTarget(`http://127.0.0.1:${port}`);
  const adapter_state = { run_id: "r", session_id: "s", endpoint: target.endpoint };
  const left = { task: taskOf("hi"), adapter_state, said: "", awaiting: [] };
  const run = http.adapter.attach?.(left, target, patient);
  const health = () => http.adapter.health(target, {});
  await expect.poll(health).toMatchObject({ detail: "the run's events: ECONNREFUSED" });
  await using _server = await answering(port, { ...working, events: [] });
  await expect.poll(health, { timeout: 10_000 }).toEqual({ healthy: true, state: "up" });
  run?.detach?.();
});

test("a task that waits is told that a server is up that works and wasn't asked for a while", async () => {
  await using server = await scripted(lasting);
  const target = externalTarget(server.url, { capabilities: ["test.run"], max_concurrency: 1 });
  await using node = await openEngine({ targets: [target] });
  await using http = openHttpAdapter({ clock: node.clock });
  Object.assign(node.engine.adapters, { acp_http: http.adapter });
  const first = await node.submit();
  await node.reaches(first.task_id, "running");
  node.clock.advance(5300);
  const { task_id } = await node.submit();
  await until(() => node.kinds(task_id).join().includes("runtime.health"), "its position");
  expect(node.dataOf(task_id, "runtime.health")).toEqual({ healthy: true, queue_position: 1 });
});
