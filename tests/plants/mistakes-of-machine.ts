/** Mistakes of the life of a task, of its limits, of who may call, and of the tests' own strength. */
import type { Plant } from "./plants.ts";

const steer = "src/engine/steer-task.ts";

export const machine: readonly Plant[] = [
  {
    name: "cancels-unasked",
    mistake: "a task may end as cancelled though nobody asked for it (G3)",
    suite: "quick",
    test: "tests/unit/core/task-machine.test.ts",
    shows: "says of %s what the model says, whatever is open or cancelled",
    edits: [
      {
        file: "src/core/task-machine.ts",
        find: 'to: "cancelled", cancel: "asked" }',
        replace: 'to: "cancelled" }',
      },
    ],
  },
  {
    name: "counts-what-was-lost",
    mistake: "an event whose commit failed stays in the state, and its number is left out (G3)",
    suite: "quick",
    test: "tests/integration/lifecycle/log-model.test.ts",
    shows:
      "whatever is told of tasks in whatever order, with commits that fail and lives that end, the log keeps what the model allows",
    edits: [
      {
        file: "src/store/task-log.ts",
        find: "if (entry.stored !== undefined) return restore(entry.task, entry.stored);",
        replace: "if (entry.stored !== undefined) return;",
      },
    ],
  },
  {
    name: "takes-an-answer-twice",
    mistake: "an answer to a question that isn't open is written down (G3)",
    suite: "quick",
    test: "tests/integration/lifecycle/model.test.ts",
    shows:
      "whatever happens in whatever order, what is written is what the model allows, and every task ends",
    edits: [
      {
        file: "src/engine/answer-question.ts",
        find: "open.find((each) => each.request_id === request_id) ?? closed(request_id)",
        replace: "open.find((each) => each.request_id === request_id) ?? open[0] ?? closed(request_id)",
      },
    ],
  },
  {
    name: "changes-what-has-ended",
    mistake: "the database lets a task that has ended be changed (G3)",
    suite: "quick",
    test: "tests/unit/store/task-log.test.ts",
    shows: "the database itself refuses a second end, and any change of a task that has ended",
    edits: [
      {
        file: "src/store/schema.ts",
        find: "WHEN OLD.status = 'completed' OR OLD.status = 'failed' OR OLD.status = 'cancelled'",
        replace: "WHEN OLD.status = 'over'",
      },
    ],
  },
  {
    name: "forgets-the-children",
    mistake: "a cancel doesn't reach the tasks beneath (G10)",
    suite: "quick",
    test: "tests/integration/delegation/cancel.test.ts",
    shows: "a cancel of the root reaches all beneath it, in the same commit",
    edits: [
      {
        file: steer,
        find: '  cancelChildren(engine, task, { by: "parent", actor, reason });\n',
        replace: "",
      },
    ],
  },
  {
    name: "counts-while-it-asks",
    mistake: "the running time goes on while a question is open (G11)",
    suite: "quick",
    test: "tests/integration/lifecycle/after-dispatching.test.ts",
    shows: "stands still while a question is open",
    edits: [
      {
        file: steer,
        find: "if (work.timers.running === undefined) return;\n  work.timers.running();",
        replace: "if (work.timers.running !== undefined) return;\n  work.timers.cancelling?.();",
      },
    ],
  },
  {
    name: "lets-any-host-in",
    mistake: "a foreign name that points to this machine is let in (G14)",
    suite: "quick",
    test: "tests/unit/http/guard.test.ts",
    shows: "may not be %s",
    edits: [{ file: "src/http/guard.ts", find: "checkHost(req, hosts);", replace: "void hosts;" }],
  },
  {
    name: "asks-less-of-the-model",
    mistake: "the comparison of the state machine leaves out what was cancelled (G20)",
    suite: "quick",
    test: "tests/unit/strength.test.ts",
    shows:
      "small changes of the state machine are seen by the comparison with its model, or make no difference",
    edits: [
      {
        file: "tests/unit/core/compare-machine.ts",
        find: '[null, "caller", "parent", "timeout"]',
        replace: "[null]",
      },
    ],
  },
  {
    name: "asks-less-of-the-branches",
    mistake: "fewer branches of the store need to be taken (G20)",
    suite: "quick",
    test: "tests/unit/strength.test.ts",
    shows:
      "all branches of the state machine and of the store are to be taken, and nine of ten of everything",
    edits: [
      {
        file: "configs/coverage.ts",
        find: "path: /^src\\/store\\//, least: 100",
        replace: "path: /^src\\/store\\//, least: 80",
      },
    ],
  },
];
