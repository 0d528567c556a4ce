/** What the command line shows to people, by what the node answers. */
import type {
  AgentRecord,
  LaunchRecord,
  PeerRecord,
  TargetSpec,
  TaskEvent,
  TaskRecord,
  ThreadInspection,
  ThreadTurn,
} from "@aethrolink/client";
import { expect, it } from "vitest";
import {
  eventInWords,
  targetsInWords,
  taskInWords,
  tasksInWords,
  tokensInWords,
} from "../../../cli/render.ts";
import { agentInWords, agentsInWords } from "../../../cli/render-agents.ts";
import { launchesInWords } from "../../../cli/render-launches.ts";
import { peerInWords, peersInWords } from "../../../cli/render-peers.ts";
import {
  inspectionInWords,
  threadInWords,
  threadsInWords,
  turnsInWords,
} from "../../../cli/render-threads.ts";

const at = "2026-11-23T09:30:00.000Z";

/** The lines, without what only aligns them. */
const linesOf = (text: string) => text.split("\n").map((line) => line.replaceAll(/ {2,}/g, "  ").trim());
const event = (kind: string, data: object, message?: string) =>
  eventInWords({ kind, data, message, created_at: at } as unknown as TaskEvent).replace(/^\S+ +\S+ */, "");

const task = {
  task_id: "T1",
  status: "completed",
  intent: "research.summary",
  sender: "local",
  conversation_id: "c",
  trace: {},
  created_at: at,
  finished_at: null,
  last_error: null,
  usage: null,
  result: null,
} as unknown as TaskRecord;

it("a task is told in the lines that it has something for", () => {
  expect(linesOf(taskInWords(task))).toEqual([
    "task  T1",
    "status  completed",
    "intent  research.summary",
    "sender  local",
    "conversation c",
    `created  ${at}`,
  ]);
  const usage = { source: "reported", input_tokens: 12, output_tokens: 3, cost_usd: 0.5 } as const;
  const result = { text: `two\nlines ${"x".repeat(300)}` };
  const ended = {
    ...task,
    usage,
    result,
    finished_at: at,
    trace: { ...task.trace, parent_task_id: "T0" },
  } as TaskRecord;
  const lines = linesOf(taskInWords(ended));
  expect(lines).toContain("part of  T0");
  expect(lines).toContain(`finished  ${at}`);
  expect(lines).toContain("usage  12 tokens in, 3 out, $0.5");
  expect(lines.at(-1)).toMatch(/^result {2}two lines x{189}…$/);
});

it.each([
  [{ source: "reported", input_tokens: 12 }, "usage  12 tokens in"],
  [{ source: "reported", output_tokens: 3 }, "usage  3 out"],
  [{ source: "reported", cost_usd: 0 }, "usage  $0"],
])("of what a task used only what is known is told: %j", (usage, line) => {
  expect(linesOf(taskInWords({ ...task, usage } as TaskRecord)).at(-1)).toBe(line);
});

it("a task without a known use, or that failed without a detail, says no more", () => {
  const failed = { ...task, usage: { source: "none" }, last_error: { reason: "timeout" } } as TaskRecord;
  expect(linesOf(taskInWords(failed)).at(-1)).toBe("why  timeout:");
});

it("what there is none of is said in a sentence, and not as an empty table", () => {
  for (const text of [
    tasksInWords([]),
    targetsInWords([]),
    tokensInWords([]),
    threadsInWords([]),
    turnsInWords([]),
    peersInWords([]),
    agentsInWords([]),
    launchesInWords([], false),
  ])
    expect(text).toMatch(/^[A-Z][^\n]*\S$/);
});

it("a list of tasks has a line for each, also for one that has no target yet", () => {
  const routed = { ...task, task_id: "T2", resolved_runtime: "research", intent: "i".repeat(40) };
  expect(linesOf(tasksInWords([task, routed]))).toEqual([
    "TASK  STATUS  TARGET  INTENT  SENDER  CREATED",
    `T1  completed  research.summary  local  ${at}`,
    `T2  completed  research  ${"i".repeat(31)}…  local  ${at}`,
  ]);
});

it("a target tells how it is spoken to and where it comes from", () => {
  const here = { target_id: "a", adapter: "acp", dialect: "hermes", capabilities: [], source: "registry" };
  const there = { target_id: "b/x", adapter: "peer", capabilities: ["code", "test"], peer_id: "b" };
  const targets = [{ ...here, command: ["hermes", "acp"] }, there, { ...there, peer_status: "online" }];
  expect(linesOf(targetsInWords(targets as unknown as TargetSpec[]))).toEqual([
    "TARGET  ADAPTER  CAPABILITIES  FROM  COMMAND",
    "a  acp/hermes  any  registry  hermes acp",
    "b/x  peer  code, test  peer, offline",
    "b/x  peer  code, test  peer, online",
  ]);
});

it.each([
  ["task.progress", { type: "message", text: "a\nb" }, "a b"],
  ["task.progress", { type: "thought", text: "hm" }, "[thought] hm"],
  ["task.progress", { type: "tool_call", tool_call_id: "t", title: "ls", status: "done" }, "[tool] ls done"],
  ["task.progress", { type: "tool_call", tool_call_id: "t" }, "[tool] t"],
  ["task.progress", { type: "plan", entries: [] }, "[plan]"],
  ["task.failed", { reason: "timeout" }, "timeout:"],
  ["task.failed", { reason: "timeout", detail: "too long" }, "timeout: too long"],
  ["task.completed", { result: { text: "done \u001b[31m" } }, "done \\x1b[31m"],
  ["task.running", { continuity: "fresh", continuity_reason: "none" }, "fresh session: none"],
  ["task.cancel_requested", { by: "caller" }, "by caller"],
  ["task.cancel_requested", { by: "parent", reason: "over" }, "by parent: over"],
  ["task.awaiting_input", { prompt: "May I?" }, "it asks: May I?"],
  [
    "artifact.created",
    { media_type: "text/plain", size_bytes: 3, artifact_id: "A" },
    "text/plain, 3 bytes: A",
  ],
  ["runtime.health", { healthy: true }, ""],
  ["task.dispatching", {}, ""],
])("an event is told in a line: %s %j", (kind, data, words) => {
  expect(event(kind, data)).toBe(words);
});

it("an event that has nothing of its own says its message", () => {
  expect(event("task.routed", {}, "to research")).toBe("to research");
});

const thread = {
  thread_id: "TH",
  status: "active",
  agent_a_id: "a",
  agent_b_id: "b",
  continuity_key: "k",
  created_at: at,
  updated_at: at,
};
const inspection = {
  thread,
  turns: [],
  next_cursor: null,
  participants: [{ agent_id: "a", owner: "local" }],
  continuity: [],
  next_continue: { sender_agent_id: "a", target_agent_id: "b", will_reuse_remote_session: false },
  hand_off: null,
} as unknown as ThreadInspection;
const inspected = (more: object) =>
  linesOf(inspectionInWords({ ...inspection, ...more } as ThreadInspection));

it("a thread tells how to go on with it", () => {
  expect(threadInWords(thread as never)).toContain("alink-cli thread-continue TH --intent");
  expect(linesOf(threadsInWords([thread as never]))[1]).toBe(`TH  active  a and b  k  ${at}`);
  const turn = { turn_index: 1, sender_agent_id: "a", target_agent_id: "b", task_id: "T", status: "failed" };
  const turns = [turn, { ...turn, remote_session_id: "s" }] as ThreadTurn[];
  expect(linesOf(turnsInWords(turns)).slice(1)).toEqual(["1  a  b  failed  T", "1  a  b  failed  T  s"]);
});

it("a thread without a past says that it begins in a new session, and names no older turns", () => {
  expect(inspected({})).toContain("next  a speaks to b, in a new session");
  expect(inspected({}).at(-1)).toBe("There are no turns yet.");
});

it("a thread with a past says whose sessions it has, who owns them, and where older turns are", () => {
  const lines = inspected({
    next_cursor: "1",
    interruption_reason: "the node ended",
    next_continue: { sender_agent_id: "a", target_agent_id: "b", will_reuse_remote_session: true },
    participants: [
      { agent_id: "a", owner: "local" },
      { agent_id: "n/b", owner: "peer", peer_id: "n" },
      { agent_id: "m/c", owner: "peer" },
    ],
    continuity: [
      { agent_id: "a", session_bindings: [{ remote_session_id: "s1" }, { remote_session_id: "s2" }] },
      { agent_id: "b", session_bindings: [], last_remote_session_id: "s3" },
      { agent_id: "c", session_bindings: [] },
      { agent_id: "n/b", session_bindings: [], last_remote_session_id: "s4" },
      { agent_id: "n/c", session_bindings: [] },
    ],
  });
  expect(lines).toContain("why  the node ended");
  expect(lines).toContain("next  a speaks to b, its session is taken up again");
  expect(lines).toContain("owners  a (this node), n/b (n), m/c (a peer)");
  expect(lines).toContain("sessions  a s1 s2; b none kept; c none; n/b s4; n/c none");
  expect(lines.at(-1)).toBe("Older turns: alink-cli thread-turns");
});

it.each([
  [{ turns_left: 1, ended: null }, "1 turn to follow by themselves"],
  [{ turns_left: 3, ended: null }, "3 turns to follow by themselves"],
  [{ turns_left: 2, ended: "failed" }, "ended with 2 turns left: failed"],
  [{ turns_left: 2, ended: "failed", detail: "timeout" }, "ended with 2 turns left: failed (timeout)"],
])("a hand-off tells how far it is: %j", (hand_off, words) => {
  expect(inspected({ hand_off })).toContain(`hand-off  ${words}`);
});

const peer = {
  peer_id: "b",
  display_name: "Node B",
  base_url: "http://b:7777",
  node_id: null,
  trust: "untrusted",
  status: "offline",
  status_reason: null,
  capabilities: [],
  last_seen_at: null,
} as unknown as PeerRecord;
const known: PeerRecord = {
  ...peer,
  node_id: "did:key:z",
  status_reason: "refused",
  capabilities: ["code"],
  last_seen_at: at,
};

it("a peer is told with what is known of it, and what isn't is said", () => {
  expect(linesOf(peerInWords(peer))).toEqual([
    "peer  b",
    "name  Node B",
    "address  http://b:7777",
    "node id  none",
    "trust  untrusted",
    "status  offline",
    "last seen  never",
  ]);
  const lines = linesOf(peerInWords(known));
  for (const line of ["node id  did:key:z", "why  refused", "capabilities code", `last seen  ${at}`])
    expect(lines).toContain(line);
  expect(linesOf(peersInWords([peer, known])).slice(1)).toEqual([
    "b  untrusted  offline  http://b:7777  Node B",
    "b  untrusted  offline  http://b:7777  Node B  refused",
  ]);
});

it("an agent is told with what it has said of itself", () => {
  const agent = {
    agent_id: "a",
    display_name: "A",
    status: "online",
    lease_expires_at: at,
    transport_kind: "stdio",
    capabilities: [],
    registered_at: at,
    last_seen_at: at,
  } as unknown as AgentRecord;
  const lines = linesOf(agentInWords(agent)).map((line) => line.split(" ")[0]);
  expect(lines).toEqual(["agent", "name", "status", "until", "transport", "registered"]);
  const whole: AgentRecord = {
    ...agent,
    adapter: "acp",
    dialect: "hermes",
    capabilities: ["code"],
    launch: { command: ["hermes", "acp"] } as NonNullable<AgentRecord["launch"]>,
  };
  expect(linesOf(agentInWords(whole))).toEqual(
    expect.arrayContaining(["adapter  acp/hermes", "command  hermes acp", "capabilities code"]),
  );
  expect(linesOf(agentsInWords([agent, whole])).slice(1)).toEqual([
    `a  online  A  ${at}`,
    `a  online  A  code  acp/hermes  ${at}`,
  ]);
});

const launch = (more: Partial<LaunchRecord>): LaunchRecord =>
  ({
    launch_id: "L",
    runtime_id: "r",
    subcontext_key: "main",
    command: ["agent", "--say", "two words"],
    pid: 7,
    status: "ready",
    error_text: null,
    started_at: at,
    ended_at: null,
    ...more,
  }) as LaunchRecord;

it("of launches only those that failed are told more, and of what they wrote the end", () => {
  const lines = Array.from({ length: 14 }, (_, n) => `line ${n}`);
  const failed = launch({
    status: "failed",
    pid: null,
    ended_at: at,
    error_text: `broke\n${lines.join("\n")}\n`,
  });
  const told = launchesInWords([launch({}), failed], false).split("\n\n");
  expect(told).toHaveLength(2);
  expect(linesOf(told[0] ?? "").slice(1)).toEqual([
    `L  ready  main  7  ${at}`,
    `L  failed  main  ${at}  ${at}  broke`,
  ]);
  const [command, why, left, ...written] = (told[1] ?? "").split("\n");
  expect([command, why, left]).toEqual([
    'L: agent --say "two words"',
    "  broke",
    "  … 2 lines more: --stderr",
  ]);
  expect(written).toEqual(lines.slice(2).map((line) => `  | ${line}`));
  expect(launchesInWords([launch({}), failed], true)).toContain("  it is ready\n\nL:");
  expect(launchesInWords([failed], true)).toContain("  | line 0\n");
});
