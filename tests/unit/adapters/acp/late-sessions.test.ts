/** Sessions that nobody waits for any more when the agent has opened them, and how they are closed. */
import { beforeEach, expect, test, vi } from "vitest";
import { systemClock } from "#src/clock.ts";
import type { Clock, Run } from "#src/core/ports.ts";
import {
  createMemoryBindings,
  endOf,
  faultOf,
  type OpenAdapter,
  openAcpAdapter,
  patient,
  signalsOf,
  taskOf,
} from "../../../launching.ts";
import { answer, scripted } from "./scripted-agent.ts";

const capabilities = { sessionCapabilities: { close: {}, resume: {}, list: {} } };
const greeting = JSON.stringify({ result: { protocolVersion: 1, agentCapabilities: capabilities } });
const named = { result: { sessions: [{ sessionId: "old" }] } };

/** An agent that takes sessions up again. */
const agent = (answers: object = {}, ...flags: string[]) => {
  const said = { "session/close": { result: {} }, "session/resume": { result: {} }, "session/list": named };
  return scripted("--initialize", greeting, "--answers", JSON.stringify({ ...said, ...answers }), ...flags);
};

const waitedMs = 54_321;
/** How often an answer was waited for so long. */
let asked = 0;
beforeEach(() => {
  asked = 0;
});
const clock: Clock = {
  ...systemClock,
  after(ms, act) {
    if (ms === waitedMs) asked += 1;
    return systemClock.after(ms, act);
  },
};

/** An adapter, with a session of the conversation `k` from an earlier process. */
function openWithSession(changes: object = {}): OpenAdapter {
  const bindings = createMemoryBindings();
  const key = { target_id: "tested", subcontext_key: "default", sticky_key: "k" };
  bindings.keep({ ...key, adapter: "acp", remote_session_id: "old", metadata: { cwd: "/tmp" } });
  return openAcpAdapter({ bindings, workDir: "/tmp", clock, ...changes });
}

/** Which sessions the agent was told to close. */
async function closedAt(acp: OpenAdapter, target: ReturnType<typeof agent>): Promise<string[]> {
  const end = await endOf(await acp.run(target, taskOf({ heard: true })));
  const heard: string[] = JSON.parse(end?.kind === "completed" ? end.result.text : JSON.stringify(end));
  return heard.filter((said) => said.startsWith("session/close")).map((said) => said.split(" ")[1] ?? "");
}

/** Hands a task over whose caller leaves when the session was asked for. */
async function giveUp(acp: OpenAdapter, target: ReturnType<typeof agent>, sticky_key: string | null) {
  const lease = await acp.adapter.launch(target, {}, patient).lease;
  const runtime_options = { session_setup_timeout_ms: waitedMs };
  const task = taskOf("x", { sticky_key, runtime_options });
  const caller = new AbortController();
  const submitted = faultOf(acp.adapter.submit(task, target, lease, caller.signal));
  await vi.waitFor(() => expect(asked).toBe(sticky_key === null ? 1 : 2)); // first for a close
  caller.abort();
  expect(await submitted).toMatchObject({ kind: "submit_failed" });
}

test.each([
  ["new", "session/new", null, "session-1"],
  ["resumed", "session/resume", "k", "old"],
])("a session that is %s for a caller who has left is closed", async (_, hold, sticky_key, session_id) => {
  await using acp = openWithSession();
  const target = agent({}, "--hold", hold);
  await giveUp(acp, target, sticky_key);
  expect(await closedAt(acp, target)).toEqual([session_id]);
});

test("a session that is resumed for a caller who has left stays for the one who resumes it meanwhile", async () => {
  await using acp = openWithSession();
  const target = agent({}, "--hold", "session/resume");
  await giveUp(acp, target, "k");
  const run = await acp.run(target, taskOf({ raw: answer() }, { sticky_key: "k" }));
  expect(run).toMatchObject({ continuity: "resumed", handle: { remote_session_id: "old" } });
  await signalsOf(run);
  expect(await closedAt(acp, target)).toEqual([]);
});

test.each<[string, (run: Run, leave: () => void) => unknown, string]>([
  ["did not confirm its cancel", (run) => run.cancel?.(), "cancelled"],
  ["nobody waits for", (_run, leave) => leave(), "failed"],
])("a session without a key, whose turn %s, is closed once", async (_, stop, kind) => {
  await using acp = openWithSession({ cancelGraceMs: 50 });
  const caller = new AbortController();
  const run = await acp.run(agent(), taskOf({ raw: "" }), caller.signal);
  const other = await acp.run(agent(), taskOf({ raw: "" }));
  await stop(run, () => caller.abort());
  expect(await endOf(run)).toMatchObject({ kind });
  expect(await closedAt(acp, agent())).toEqual(["session-1"]);
  await other.cancel?.();
});

test("a resumed session is used, and called fresh, where the list that would prove it is refused", async () => {
  await using acp = openWithSession();
  const target = agent({ "session/list": { error: { code: -32603, message: "no list" } } });
  expect(await acp.run(target, taskOf({ raw: answer() }, { sticky_key: "k" }))).toMatchObject({
    continuity: "fresh",
    continuity_reason: expect.stringContaining("shows nothing of it"),
    handle: { remote_session_id: "old" },
  });
});
