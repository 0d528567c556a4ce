/** Mistakes in what is done: events, cancels, answers, queues, agents. */
import type { Plant } from "./plants.ts";

const follow = "src/engine/follow.ts";
const steer = "src/engine/steer-task.ts";
const answer = "src/engine/answer-question.ts";
const agents = "src/engine/agents.ts";
const afterDispatching = "tests/integration/lifecycle/after-dispatching.test.ts";
const questions = "tests/integration/lifecycle/questions.test.ts";
const agentsTest = "tests/unit/http/agents.test.ts";

export const acts: readonly Plant[] = [
  {
    name: "subscribes-late",
    mistake: "an event that comes between the replay and the subscription is lost",
    suite: "quick",
    test: "tests/integration/follow.test.ts",
    shows: "gets its history, then what happens, each event once, and the end",
    edits: [
      {
        file: follow,
        find: "  const unlisten = source.tail?.listen(wake);",
        replace:
          "  let unlisten: (() => void) | undefined;\n  setTimeout(() => void (unlisten = source.tail?.listen(wake)), 50);",
      },
    ],
  },
  {
    name: "drops-for-the-slow",
    mistake: "what happens while a reader can't take more is dropped",
    suite: "quick",
    test: "tests/integration/follow.test.ts",
    shows: "that takes no more is read for when it asks, without gap or repeat",
    edits: [
      { file: follow, find: "  let open = true;", replace: "  let open = true;\n  let full = false;" },
      {
        file: follow,
        find: "takes = sink.write(frames.bytes);\n    return takes;",
        replace: "full = !sink.write(frames.bytes);\n    return !full;",
      },
      {
        file: follow,
        find: "    try {\n      if (takes) pull();",
        replace: "    if (full) cursor = source.tail?.last() ?? cursor;\n    try {\n      if (takes) pull();",
      },
    ],
  },
  {
    name: "cancel-edits-the-row",
    mistake: "a cancel writes `cancelled` at once, and overtakes a completion",
    suite: "quick",
    test: afterDispatching,
    shows: "after cancel: runtime completes first → completed",
    edits: [{ file: steer, find: "if (handedOver.has(task.status)) {", replace: "if (false) {" }],
  },
  {
    name: "forgets-a-late-handle",
    mistake: "a task that is cancelled before it has a handle goes on at the runtime that then takes it",
    suite: "quick",
    test: "tests/unit/adapters/acp-http/hostile-server.test.ts",
    shows: "that was given up while the server took the work is cancelled there",
    edits: [
      { file: "src/adapters/acp-http/run.ts", find: "  if (signal.aborted) interrupt();\n", replace: "" },
    ],
  },
  {
    name: "believes-a-cancel-that-failed",
    mistake: "a cancel that could not be sent counts as done",
    suite: "quick",
    test: afterDispatching,
    shows: "after cancel: it can't be sent → failed: cancel_failed, with why, unless the run ends in 5 s",
    edits: [
      {
        file: steer,
        find: 'engine.logger.warn({ err: thrown, task_id: task.fixed.task_id }, "a cancel could not be sent");',
        replace: 'engine.log.append(task, { kind: "task.cancelled", source: "core" });',
      },
    ],
  },
  {
    name: "goes-on-after-a-lost-answer",
    mistake: "an answer that was sent, and may never have come, leaves the task as if nothing were wrong",
    suite: "quick",
    test: questions,
    shows: "that was sent and whose outcome is unknown ends the task: resume_failed",
    edits: [
      {
        file: answer,
        find: "    if (!ended(task.status)) {\n      cancelRunBehindEnd(",
        replace: "    if (false) {\n      cancelRunBehindEnd(",
      },
    ],
  },
  {
    name: "fails-for-a-rejected-answer",
    mistake: "an answer that the runtime doesn't take ends the task",
    suite: "quick",
    test: questions,
    shows: "that the runtime rejects is refused, and the question stays open",
    edits: [
      {
        file: answer,
        find: 'if (thrown instanceof AdapterFault && thrown.kind === "remote_failed") {',
        replace: "if (false) {",
      },
    ],
  },
  {
    name: "prompts-a-busy-session",
    mistake: "a second task of a conversation is handed over while the first one runs",
    suite: "quick",
    test: "tests/integration/queue.test.ts",
    shows: "run one at a time, in the order in which they came, and others beside them",
    edits: [
      {
        file: "src/engine/run-task.ts",
        find: "const lane = session === null ? null :",
        replace: "const lane = session !== process ? null :",
      },
    ],
  },
  {
    name: "routes-to-the-unregistered",
    mistake: "an agent that was taken out is still sent tasks",
    suite: "quick",
    test: agentsTest,
    shows: "that is taken out lets its running task finish, fails those that wait, and is known no more",
    edits: [
      {
        file: agents,
        find: "  await engine.agents.store.remove(agent_id);\n  followRecord(engine, agent_id);",
        replace: "  await engine.agents.store.remove(agent_id);",
      },
    ],
  },
  {
    name: "beats-for-strangers",
    mistake: "a heartbeat of an agent that isn't registered registers it",
    suite: "quick",
    test: agentsTest,
    shows: "of one that isn't registered, or is a target of the registry, can't be extended",
    edits: [
      {
        file: agents,
        find: "  const agent = ownAgent(engine, principal, agent_id);\n",
        replace:
          '  if (engine.agents.store.get(agent_id) === undefined)\n    await registerAgent(engine, principal, { agent_id, transport_kind: "external" } as AgentRegistrationRequest);\n  const agent = ownAgent(engine, principal, agent_id);\n',
      },
    ],
  },
  {
    name: "registers-on-any-error",
    mistake: "ensure-registered registers again whatever the node answers",
    suite: "e2e",
    test: "tests/e2e/cli/agents.test.ts",
    shows: "registers nothing and keeps its id where the node answers %i %s",
    edits: [
      {
        file: "cli/commands/ensure-registered.ts",
        find: 'if (thrown instanceof AethrolinkError && thrown.status === 404 && thrown.code === "agent_not_found")',
        replace: "if (thrown instanceof AethrolinkError)",
      },
    ],
  },
  {
    name: "starts-when-looked-at",
    mistake: "a health check starts the runtime",
    suite: "quick",
    test: "tests/unit/http/reading.test.ts",
    shows: "no GET starts a runtime, gives it work, or writes a row",
    edits: [
      {
        file: "src/engine/runtimes.ts",
        find: "  return adapterOf(engine, target).health(target, target.defaults);",
        replace:
          "  const adapter = adapterOf(engine, target);\n  adapter.launch(target, target.defaults, new AbortController().signal).lease.catch(() => {});\n  return adapter.health(target, target.defaults);",
      },
    ],
  },
  {
    name: "inspects-by-asking",
    mistake: "looking at a thread starts a runtime, to ask for its session",
    suite: "quick",
    test: "tests/integration/threads/continue.test.ts",
    shows: "shows how a thread stands without touching a runtime",
    edits: [
      {
        file: "src/engine/inspect-thread.ts",
        find: "  const reuse = engine.adapters[target.adapter]?.reuse?.(",
        replace:
          "  engine.adapters[target.adapter]\n    ?.launch(target, target.defaults, new AbortController().signal)\n    .lease.catch(() => {});\n  const reuse = engine.adapters[target.adapter]?.reuse?.(",
      },
    ],
  },
  {
    name: "resolves-a-relative-cwd",
    mistake: "a relative cwd is taken from wherever the node happens to run",
    suite: "quick",
    test: "tests/unit/adapters/acp/wire.test.ts",
    shows: "in %s is refused",
    edits: [
      {
        file: "src/adapters/acp/submit.ts",
        find: "  if (!isAbsolute(named)) throw",
        replace: "  if (!isAbsolute(named)) return named;\n  if (named === otherwise) throw",
      },
    ],
  },
];
