/** Agents that close their stdin. */
import { describe, expect, test } from "vitest";
import {
  createMemoryBindings,
  endOf,
  faultOf,
  openAcpAdapter,
  patient,
  signalWhere,
  taskOf,
} from "../../../launching.ts";
import { answer, chunk, scripted } from "./scripted-agent.ts";

const deaf = /^node takes nothing that it is told/;

describe("an agent that closes its stdin and stays", () => {
  test("is replaced, and its task fails long before its session's time is over", async () => {
    await using acp = openAcpAdapter();
    const target = scripted("--shut-after", "initialize");
    const fault = await faultOf(acp.run(target, taskOf("x")));
    expect(fault).toEqual({ kind: "submit_failed", message: expect.stringMatching(deaf) });
    expect(fault.message).toContain(`see launch ${acp.ledger.rows()[0]?.launch_id}`);
    expect(await acp.adapter.health(target, {})).toMatchObject({ healthy: false });
    await faultOf(acp.run(target, taskOf("x")));
    expect(acp.ledger.rows().map(({ status }) => status)).toEqual(["exited", expect.any(String)]);
  });

  test("before it was logged in fails its launch", async () => {
    await using acp = openAcpAdapter();
    const greeting = JSON.stringify({ result: { protocolVersion: 1, authMethods: [{ id: "login" }] } });
    const shutting = scripted("--shut-after", "initialize", "--initialize", greeting);
    const target = { ...shutting, auth_method: "login" };
    expect(await faultOf(acp.adapter.launch(target, {}, patient).lease)).toEqual({
      kind: "launch_failed",
      message: expect.stringMatching(deaf),
    });
  });

  test("before a prompt has not had it, in our words and not as if it had answered", async () => {
    await using acp = openAcpAdapter();
    const fault = await faultOf(acp.run(scripted("--shut-after", "session/new"), taskOf("x")));
    expect(fault).toEqual({ kind: "submit_failed", message: expect.stringMatching(deaf) });
  });

  test("is heard to the end of its answer, and so is one that exits", async () => {
    await using acp = openAcpAdapter({ bindings: createMemoryBindings() });
    const text = "x".repeat(5_000_000);
    const script = { shut: true, exit: true, raw: chunk("begun") + chunk(text) + answer() };
    const run = await acp.run(scripted(), taskOf(script));
    await signalWhere(run, ({ kind }) => kind === "progress");
    const other = faultOf(acp.run(scripted(), taskOf("x")));
    expect(await endOf(run)).toMatchObject({ kind: "completed", result: { text: `begun${text}` } });
    await other;
  });
});
