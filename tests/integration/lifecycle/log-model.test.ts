/** Random histories of the table and the log without the engine: cheap, so there are many. LOG_RUNS: how many. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { tellFigures } from "../../soak/figures.ts";
import { statuses } from "../../unit/core/lifecycle-model.ts";
import { clear, happeningKinds, judgeLog, type LogStep, openLogWorld, takeLogStep } from "./log-world.ts";

const more = process.env["LOG_RUNS"];
const runs = more === undefined ? { numRuns: 500, seed: 3 } : { numRuns: Number(more) };

const which = fc.nat(2);
const by = fc.constantFrom("caller" as const, "caller" as const, "parent" as const, "timeout" as const);
const happening = (kind: fc.Arbitrary<string>) =>
  fc.record({ do: fc.constant("happen" as const), task: which, kind, by });
/** What a healthy task goes through, so that histories get far. */
const onward = [
  "task.routed",
  "runtime.pending_launch",
  "runtime.launching",
  "runtime.ready",
  "task.dispatching",
  "task.running",
  "task.awaiting_input",
  "task.resume_requested",
  "task.resumed",
];
const alive = onward.map((kind, n) => ({ arbitrary: fc.constant(kind), weight: n < 6 ? 3 : 2 }));
const step: fc.Arbitrary<LogStep> = fc.oneof(
  { weight: 24, arbitrary: happening(fc.oneof(...alive)) },
  { weight: 10, arbitrary: happening(fc.constantFrom(...happeningKinds)) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("commit" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("create" as const, "kill" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("fail" as const), kind: fc.constantFrom(...happeningKinds) }),
  },
);
const begun = (kind: string): LogStep => ({ do: "happen", task: 0, kind, by: "caller" });
const create: LogStep = { do: "create" };
const running = ["task.routed", "runtime.ready", "task.dispatching", "task.running"].map(begun);
const histories = fc
  .tuple(
    fc.constantFrom([create], [create, ...running], [create, ...running, create]),
    fc.array(step, { minLength: 5, maxLength: 25 }),
  )
  .map(([first, then]) => [...first, ...then]);

it(
  "whatever is told of tasks in whatever order, with commits that fail and lives that end, the log keeps what the model allows",
  async () => {
    const seen = new Set<string>();
    using world = openLogWorld();
    const history = async (steps: readonly LogStep[]) => {
      clear(world);
      for (const each of steps) takeLogStep(world, each);
      for (const status of judgeLog(world)) seen.add(status);
      // Lets go of the lives that have ended.
      await new Promise((resolve) => setImmediate(resolve));
    };
    await fc.assert(fc.asyncProperty(histories, history), runs);
    // A test that never gets there would show nothing.
    expect([...seen].sort()).toEqual([...statuses].sort());
    tellFigures("G3", { ofLog: runs.numRuns });
  },
  60_000 + runs.numRuns * 10,
);
