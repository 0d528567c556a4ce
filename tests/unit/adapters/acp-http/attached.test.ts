/** A run of an earlier life that nobody waits for any more. */
import { expect, test } from "vitest";
import type { Run } from "#src/core/ports.ts";
import { externalTarget, openHttpAdapter } from "../../../comm-agent.ts";
import { createFakeClock, type FakeClock } from "../../../fake-clock.ts";
import { signalsOf, taskOf } from "../../../launching.ts";
import { until } from "../../../open-engine.ts";
import { ended, json, scripted } from "./scripted-server.ts";

/** A run that goes on at its server, as this life found it. */
async function attached() {
  const made = new AsyncDisposableStack();
  const clock: FakeClock = createFakeClock();
  const over = new AbortController();
  const server = made.use(
    await scripted({
      "GET /runs/run-1": (res) => json(res, ended("in-progress", { output: [] })),
      "POST /runs/run-1/cancel": (res) => json(res, ended("cancelling"), 202),
    }),
  );
  const { adapter } = made.use(openHttpAdapter({ clock }));
  const session_id = "11111111-1111-4111-8111-111111111111";
  const adapter_state = { run_id: "run-1", session_id, endpoint: server.url, taken: {} };
  const left = { task: taskOf("go"), adapter_state, said: "half", awaiting: [] };
  const run = adapter.attach?.(left, externalTarget(server.url), over.signal);
  if (run === undefined) throw new Error("it was not attached");
  const count = (call: string) => server.seen.filter((each) => each.call === call).length;
  await until(() => count("GET /runs/run-1") > 0, "the first look");
  return { run, over, clock, count, [Symbol.asyncDispose]: () => made.disposeAsync() };
}

/** How often it is looked at in a minute. */
async function looksInAMinute({ clock, count }: Awaited<ReturnType<typeof attached>>): Promise<number> {
  const before = count("GET /runs/run-1");
  for (let second = 0; second < 60; second++) {
    clock.advance(1000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return count("GET /runs/run-1") - before;
}

test("it is told to stop, and asked after no more", async () => {
  await using left = await attached();
  const heard = signalsOf(left.run);
  left.over.abort();
  expect(await heard).toEqual([
    {
      kind: "failed",
      reason: "interrupted",
      detail: "the node stopped waiting for it",
      result: { text: "half" },
    },
  ]);
  await until(() => left.count("POST /runs/run-1/cancel") === 1, "the cancel");
  expect(await looksInAMinute(left)).toBe(0);
});

test("it goes on where it was let go of before", async () => {
  await using left = await attached();
  const { detach } = left.run as Required<Pick<Run, "detach">>;
  detach();
  left.over.abort();
  expect(await signalsOf(left.run)).toEqual([]);
  expect([await looksInAMinute(left), left.count("POST /runs/run-1/cancel")]).toEqual([0, 0]);
});
