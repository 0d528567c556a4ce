/** What becomes of a task, of those who follow it, and of the process that works on it. */
import type { Guarantee } from "./guarantee.ts";

const lifecycle = [
  "tests/integration/lifecycle/before-dispatching.test.ts",
  "tests/integration/lifecycle/after-dispatching.test.ts",
];

export const guaranteesOfRuns: readonly Guarantee[] = [
  {
    id: "G3",
    promise: "A task takes legal steps only and ends once, whatever happens in whatever order.",
    tests: [
      "tests/integration/lifecycle/model.test.ts",
      "tests/integration/lifecycle/log-model.test.ts",
      "tests/unit/core/task-machine.test.ts",
      "tests/unit/store/task-log.test.ts",
    ],
    full: { MODEL_RUNS: 2000, LOG_RUNS: 100_000 },
    least: { histories: 2000, ofLog: 100_000 },
    most: {},
    says: "{histories} random histories of the engine and {ofLog} of its log agree with the model",
  },
  {
    id: "G4",
    promise:
      "No open task is left behind: within 5 s of a restart each goes on, waits again, or has ended with a reason.",
    tests: [
      "tests/faults/reconcile.test.ts",
      "tests/faults/kill-in-each-state.test.ts",
      "tests/faults/reattach.test.ts",
      "tests/integration/lifecycle/restart.test.ts",
    ],
    full: { OPEN_TASKS: 10_000 },
    least: { tasks: 10_000 },
    most: { reconciledMs: 5000 },
    says: "{tasks} open tasks are decided {reconciledMs} ms after the start of a node, which is up after {readyMs}",
  },
  {
    id: "G5",
    promise: "Nothing is handed to a runtime twice, wherever the node is killed.",
    tests: ["tests/faults/kill-at-each-point.test.ts"],
    full: {},
    least: { points: 6 },
    most: { mostPrompts: 1 },
    says: "killed at {points} points: a runtime that counts its prompts counted {mostPrompts} for a task at most",
  },
  {
    id: "G6",
    promise:
      "A key makes one task, however many send it at once, and whatever happens to the node meanwhile.",
    tests: ["tests/faults/one-key.test.ts", "tests/integration/idempotency.test.ts"],
    full: { KEYS: 50 },
    least: { keys: 50, atOnce: 100 },
    most: { tasksOfKey: 1 },
    says: "{keys} keys, each sent by {atOnce} callers at once before and after a kill, {cut} of them cut by it: {tasksOfKey} task each",
  },
  {
    id: "G7",
    promise:
      "A reader sees each event once and in order, wherever it is cut; one that stalls costs little and delays nobody.",
    tests: [
      "tests/faults/streams.test.ts",
      "tests/integration/follow.test.ts",
      "tests/unit/http/streams.test.ts",
      "tests/unit/fuzz/event-streams.test.ts",
    ],
    full: { READERS: 100, EVENTS: 10_000, STALLED: 200, FUZZ_RUNS: 5000 },
    least: { readers: 100, events: 10_000, stalled: 200 },
    most: { missed: 0, eachMb: 1 },
    says: "{readers} readers of {events} events, cut {cuts} times: {missed} missed or doubled; a stalled reader costs {eachMb} MB, and beside {stalled} of them another takes {besideMs} ms, {withoutMs} without",
  },
  {
    id: "G8",
    promise: "No process is left behind, and none that isn't ours is touched.",
    tests: ["tests/faults/processes.test.ts", "tests/unit/processes/orphans.test.ts"],
    full: { ROUNDS: 300 },
    least: { rounds: 300 },
    most: { survivors: 0 },
    says: "{rounds} launches in {lives} lives of the node, {processes} processes of agents: {survivors} left after 10 s",
  },
  {
    id: "G9",
    promise: "A runtime that is down is started once, for however many.",
    tests: ["tests/faults/cold-start.test.ts", "tests/conformance/adapter-acp.test.ts"],
    full: { COLD_STARTS: 20 },
    least: { rounds: 20, atOnce: 100, results: 100 },
    most: { processes: 1, leases: 1 },
    says: "{rounds} times {atOnce} tasks at once: {processes} process, {leases} lease and {results} results each time",
  },
  {
    id: "G10",
    promise: "A cancel counts in every state, reaches all beneath its task, and touches nobody else.",
    tests: [
      "tests/faults/cancel-times.test.ts",
      "tests/integration/lifecycle/cancel-completion.test.ts",
      "tests/integration/lifecycle/cancel-races.test.ts",
      ...lifecycle,
      "tests/integration/delegation/cancel.test.ts",
      "tests/unit/adapters/acp/wire.test.ts",
    ],
    full: { CANCELS: 200, CANCEL_RACES: 10_000 },
    least: { cancels: 200, races: 10_000 },
    most: { p99ObeyingMs: 2000, p99IgnoringMs: 12_000 },
    says: "p99 of {cancels} cancels {p99ObeyingMs} ms where the runtime obeys and {p99IgnoringMs} ms where it doesn't; {races} races with an end: {completed} completed, {cancelled} cancelled, each once",
  },
  {
    id: "G11",
    promise: "Each limit of time has its own reason, and none ends work that is healthy.",
    tests: [
      ...lifecycle,
      "tests/integration/queue.test.ts",
      "tests/integration/lifecycle/questions.test.ts",
      "tests/unit/processes/pool.test.ts",
    ],
    full: {},
    least: {},
    most: {},
    says: "{tests} tests, nearly all with a clock that is moved by hand",
  },
  {
    id: "G12",
    promise:
      "What a runtime says is heard whole and in order, however it is cut, mixed with noise, or flooded.",
    tests: [
      "tests/unit/adapters/acp/message-stream.test.ts",
      "tests/unit/adapters/acp/lines.test.ts",
      "tests/unit/adapters/acp/framing.test.ts",
      "tests/unit/adapters/acp/wire.test.ts",
      "tests/unit/fuzz/stdio-lines.test.ts",
    ],
    full: { FLOOD: 10_000, FUZZ_RUNS: 5000 },
    least: { notifications: 10_000, noise: 40_000, lineMib: 64 },
    most: { missed: 0 },
    says: "a line of {lineMib} MiB passes and a byte more doesn't; an answer behind {noise} lines of noise is heard; {notifications} notifications before an answer, {missed} missed",
  },
  {
    id: "G13",
    promise:
      "A permission is given by a rule or a person only: a question is told at once, and each answer counts for its own.",
    tests: [
      "tests/faults/permissions.test.ts",
      "tests/integration/lifecycle/questions.test.ts",
      "tests/unit/adapters/acp/permissions.test.ts",
      "tests/unit/adapters/acp/questions.test.ts",
    ],
    full: { QUESTIONS: 500 },
    least: { questions: 1000 },
    most: { p99Ms: 100 },
    says: "{questions} questions, two at a time: told after {p50Ms} ms, p99 {p99Ms} ms; each got its own answer, and no late one counted",
  },
];
