/** Runs that went on while there was no node: what they hear of this life. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Run, RuntimeAdapter } from "#src/core/ports.ts";
import { createSignalQueue } from "#src/core/signal-queue.ts";
import { leftRunOf, startAttached } from "#src/engine/reattach.ts";
import { stopEngine } from "#src/engine/stop.ts";
import { fakeTarget, openEngine, until } from "../../open-engine.ts";

const byHand = () => {};

/** A task whose run is attached to, and one behind it that waits for its place. */
async function attached() {
  const target = fakeTarget({ max_concurrency: 1 });
  const node = await openEngine({ targets: [target], fake: { script: byHand } });
  const { engine } = node;
  const { task_id } = await node.submit();
  await node.reaches(task_id, "running");
  const task = engine.log.get(task_id);
  const work = engine.works.get(task_id);
  if (task === undefined || work === undefined) throw new Error("it doesn't run");
  // As the next life finds it: on disk, with nobody at work.
  work.left = true;
  work.place?.release();
  engine.works.delete(task_id);
  task.adapter_state = { run_id: "there" };

  const heard: string[] = [];
  const queue = createSignalQueue();
  const attach: RuntimeAdapter["attach"] = (_left, _target, signal) => {
    signal.addEventListener("abort", () => {
      heard.push("given up");
      queue.push({ kind: "failed", reason: "interrupted", detail: "the node stopped waiting for it" });
    });
    const detach = () => {
      heard.push("let go of");
      queue.close();
    };
    const continuity = { continuity: "resumed", continuity_reason: "it went on" } as const;
    const handle = { binding: "acp_comm_http", adapter_state: {} } as const;
    return { handle, ...continuity, signals: queue.signals, detach } satisfies Run;
  };
  const adapter: RuntimeAdapter = { ...node.fake, attach };
  const run = leftRunOf(engine, task, target, adapter);
  if (run === undefined) throw new Error("it was not attached");
  startAttached(engine, { task, target, adapter }, run);
  const { task_id: behind } = await node.submit();
  return { node, task_id, behind, queue, heard, [Symbol.asyncDispose]: () => node[Symbol.asyncDispose]() };
}

it("a fault of ours gives the run up, before its place is given to another", async () => {
  await using left = await attached();
  const { node, queue, heard } = left;
  expect(node.record(left.behind).status).toBe("created");
  rmSync(join(node.dir, "artifacts"), { recursive: true });
  queue.push({ kind: "artifact", name: "x", media_type: "text/plain", bytes: Buffer.from("x") });
  await node.reaches(left.behind, "running");
  expect(heard).toEqual(["given up"]);
  expect(node.record(left.task_id)).toMatchObject({ last_error: { reason: "internal_error" } });
});

it("a stop of the node lets go of the run, and leaves its task as it is", async () => {
  await using left = await attached();
  const stopped = stopEngine(left.node.engine);
  await until(() => !left.node.engine.works.has(left.task_id), "the work to be left");
  expect(left.heard[0]).toBe("let go of");
  expect(left.node.record(left.task_id).status).toBe("running");
  left.node.clock.advance(2000);
  left.node.clock.advance(2000);
  await stopped;
  expect(left.node.record(left.task_id).status).toBe("running");
});
