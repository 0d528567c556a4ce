/** Mistakes by which a guarantee breaks, each with the test of `npm run soak` that shows it. */
import type { Plant } from "./plants.ts";

const batch = "src/store/batch.ts";

/** A mistake of one edit. */
const plant = (
  [name, mistake]: readonly [string, string],
  [suite, test, shows]: readonly [Plant["suite"], string, string],
  [file, find, replace]: readonly [string, string, string],
): Plant => ({ name, mistake, suite, test, shows, edits: [{ file, find, replace }] });

export const guaranteed: readonly Plant[] = [
  plant(
    ["loses-a-commit", "one commit in fifty is none, and is believed (G1)"],
    [
      "faults",
      "tests/faults/crash.test.ts",
      "loses nothing that it promised, hands nothing over twice, and leaves nothing behind",
    ],
    [batch, "commit.run();", "if (commits % 50 === 49) rollback.run();\n      else commit.run();"],
  ),
  plant(
    ["believes-a-lost-write", "a write that failed counts as kept (G2)"],
    [
      "faults",
      "tests/faults/statement-faults.test.ts",
      "whichever write to the database fails, a call succeeds or says why not, and no task is left without an end",
    ],
    [batch, "lose(only, thrown);", "keep(only);"],
  ),
  plant(
    ["leaves-what-waits", "tasks that waited when the node was killed wait for ever (G4)"],
    [
      "faults",
      "tests/faults/reconcile.test.ts",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: as it stands there
      "${count} open tasks are each interrupted, or wait again, in ${mostMs / 1000} s",
    ],
    [
      "src/engine/recover.ts",
      "if (!engine.works.has(task.fixed.task_id)) takeUp(engine, task);",
      "void task;",
    ],
  ),
  plant(
    ["hands-over-again", "a task that may have reached its runtime is run again after a kill (G5)"],
    [
      "faults",
      "tests/faults/kill-at-each-point.test.ts",
      "$point leaves a task that is $left, and $end in the next life, and never prompted twice",
    ],
    [
      "src/engine/recover.ts",
      '["dispatching", "running", "awaiting_input"]',
      '["running", "awaiting_input"]',
    ],
  ),
  plant(
    ["makes-a-task-for-each-caller", "a key that is sent twice at once makes two tasks (G6)"],
    ["quick", "tests/integration/idempotency.test.ts", "100 at once make one task"],
    [
      "src/engine/create-task.ts",
      "engine.creating.set(nameOf(key), { body_sha256, task_id, kept });",
      "void [body_sha256, kept];",
    ],
  ),
  plant(
    ["writes-to-who-stalls", "each event is written to a reader that takes nothing (G7)"],
    [
      "quick",
      "tests/integration/follow.test.ts",
      "that takes no more is given nothing, however much happens, until it asks",
    ],
    ["src/engine/follow.ts", "if (takes) pull(); // invariant 2", "pull();"],
  ),
  plant(
    ["kills-the-leader-alone", "the rest of a process's group is left behind (G8)"],
    [
      "quick",
      "tests/unit/processes/orphans.test.ts",
      "a child without any environment ends with the group of its parent",
    ],
    ["src/processes/os.ts", "process.kill(-leader, signal);", "process.kill(leader, signal);"],
  ),
  plant(
    ["starts-for-each-caller", "each caller of a runtime that is down starts a process (G9)"],
    [
      "faults",
      "tests/faults/cold-start.test.ts",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: as it stands there
      "${atOnce} tasks at once for a runtime that is down start one process with one lease, and have ${atOnce} results",
    ],
    [
      "src/processes/pool.ts",
      'phase?.phase === "starting" ? phase.start : begin(plan, former)',
      "begin(plan, former)",
    ],
  ),
  plant(
    ["takes-a-byte-more", "a line that is longer than the limit is taken (G12)"],
    [
      "quick",
      "tests/unit/adapters/acp/message-stream.test.ts",
      "takes a line of 64 MiB, and ends at one byte more",
    ],
    ["src/adapters/acp/lines.ts", "kept + more <= limit", "kept + more <= limit + 1"],
  ),
  plant(
    ["allows-unasked", "a permission is given though there is no rule for it (G13)"],
    [
      "faults",
      "tests/faults/permissions.test.ts",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: as it stands there
      "${asking} tasks that ask twice at once are heard within ${mostMs} ms, and each question gets its own answer",
    ],
    [
      "src/adapters/acp/permissions.ts",
      'if (policy === "ask") return undefined;',
      'if (policy === "ask") return decidePermission(params, "allow", mask);',
    ],
  ),
  plant(
    ["prints-secrets", "what a runtime prints and says is kept with its secrets (G15)"],
    [
      "faults",
      "tests/faults/secrets-at-peers.test.ts",
      "a secret that a runtime prints and says in its errors doesn't reach the node that gave it the task",
    ],
    ["src/processes/stderr-tail.ts", "masked.replaceAll(form, mask)", "(form, masked)"],
  ),
  plant(
    ["takes-a-message-twice", "a message of a peer that is sent again is taken again (G16)"],
    ["quick", "tests/integration/hostile-nodes.test.ts", "are refused, each of them, and change nothing"],
    [
      "src/store/seen-signatures.ts",
      'if (held.has(name)) return "it was taken before";',
      "if (held.has(name)) return undefined;",
    ],
  ),
  plant(
    ["goes-in-circles", "a task that has come through a node is taken there again (G17)"],
    [
      "quick",
      "tests/integration/relay/strangers.test.ts",
      "that has come through this node, or through too many",
    ],
    ["src/engine/node-tasks.ts", 'if (fault !== undefined) fail("loop_detected", fault);', "void fault;"],
  ),
  plant(
    ["believes-the-disk", "an artifact is served as it is found (G18)"],
    [
      "quick",
      "tests/integration/artifacts.test.ts",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: as it stands there
      "${flips} artifacts with a flipped bit are each an error, whole and in part, and never wrong bytes",
    ],
    [
      "src/engine/artifacts.ts",
      "if (sha256Of(bytes) !== row.sha256) {",
      "if (bytes.length !== row.size_bytes) {",
    ],
  ),
  plant(
    ["shares-its-directory", "two nodes work on the same data directory (G19)"],
    [
      "quick",
      "tests/unit/store/open.test.ts",
      "refuses a second node on the same data directory, and lets one in when the first has closed",
    ],
    ["src/store/open.ts", 'lock.exec("BEGIN EXCLUSIVE");', 'lock.exec("BEGIN");'],
  ),
];
