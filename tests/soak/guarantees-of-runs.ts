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
      "tests/unit/core/task-machine.test.ts",
      "tests/unit/store/task-log.test.ts",
    ],
    full: { MODEL_RUNS: 5000 },
    least: { histories: 5000 },
    most: {},
    says: "{histories} random histories agree with the model",
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
    id: "G8",
    promise: "No process is left behind, and none that isn't ours is touched.",
    tests: ["tests/faults/processes.test.ts", "tests/unit/processes/orphans.test.ts"],
    full: { ROUNDS: 300 },
    least: { rounds: 300 },
    most: { survivors: 0 },
    says: "{rounds} launches in {lives} lives of the node, {processes} processes of agents: {survivors} left after 10 s",
  },
  {
    id: "G11",
    promise: "Each limit of time has its own reason, and none ends work that is healthy.",
    tests: [...lifecycle, "tests/integration/queue.test.ts", "tests/integration/lifecycle/questions.test.ts"],
    full: {},
    least: {},
    most: {},
    says: "{tests} tests with a clock that is moved by hand",
  },
];
