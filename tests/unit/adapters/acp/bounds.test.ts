/** Agents that say too much, or don't listen. */
import { describe, expect, test, vi } from "vitest";
import { createMemoryBindings, endOf, faultOf, openAcpAdapter, patient, taskOf } from "../../../launching.ts";
import { answer, chunk, scripted } from "./scripted-agent.ts";

describe("a text without an end", () => {
  test("a turn that says more than a node can hold is ended, and no other turn of its process", async () => {
    await using acp = openAcpAdapter({ turnLimit: 1000 });
    const untouched = await acp.run(scripted(), taskOf({ raw: "", on_cancel: chunk("well") + answer() }));
    const flooding = await acp.run(scripted(), taskOf({ raw: chunk("x".repeat(600)).repeat(2) }));
    expect(await endOf(flooding)).toMatchObject({
      kind: "failed",
      reason: "protocol_error",
      detail: expect.stringContaining("more than 1000 characters"),
      result: { text: "x".repeat(600) },
    });
    await untouched.cancel?.();
    expect(await endOf(untouched)).toMatchObject({ kind: "completed", result: { text: "well" } });
  });

  test("of a turn that is being cancelled ends it as cancelled, in a process that goes on", async () => {
    await using acp = openAcpAdapter({ turnLimit: 1000 });
    const other = await acp.run(scripted(), taskOf({ raw: "" }));
    const flood = chunk("x".repeat(1001));
    const flooding = await acp.run(scripted(), taskOf({ raw: "", on_cancel: flood }));
    await flooding.cancel?.();
    expect(await endOf(flooding)).toMatchObject({ kind: "cancelled", how: "quarantined" });
    expect(acp.adapter.usable(scripted(), {})).toBeDefined();
    await other.cancel?.();
  });

  test("a process that works for nobody else than such a turn is ended with it", async () => {
    await using acp = openAcpAdapter({ turnLimit: 1000 });
    const run = await acp.run(scripted(), taskOf({ raw: chunk("x".repeat(1001)) }));
    expect(await endOf(run)).toMatchObject({ kind: "failed", reason: "protocol_error" });
    await vi.waitFor(() => expect(acp.adapter.usable(scripted(), {})).toBeUndefined());
  });
});

describe("a prompt that the agent doesn't read", () => {
  /** Said to `session/new`, after which the agent reads no more. */
  const deafAtNew = () => scripted("--deaf-after-new");
  const large = "x".repeat(1_000_000);

  test("holds up its task's end no longer than the grace of a cancel, and ends the process", async () => {
    const bindings = createMemoryBindings();
    await using acp = openAcpAdapter({ cancelGraceMs: 100, bindings });
    const patience = new AbortController();
    const lease = await acp.adapter.launch(deafAtNew(), {}, patient).lease;
    const task = taskOf({ raw: large }, { sticky_key: "kept" });
    const submitted = acp.adapter.submit(task, deafAtNew(), lease, patience.signal);
    await vi.waitFor(() => expect(bindings.all()).toHaveLength(1)); // the session is there, the prompt under way
    patience.abort();
    expect(await faultOf(submitted)).toMatchObject({ kind: "submit_failed" });
    await vi.waitFor(() => expect(lease.gone.aborted).toBe(true));
  });
});
