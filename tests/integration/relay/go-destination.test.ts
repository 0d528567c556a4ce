/**
 * Tasks for a node of AethroLink's Go implementation. What that answers and tells is data:
 * tests/fixtures/go-wire/destination.json.
 */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { openServer } from "../../open-server.ts";
import { type GoDestination, playGoNode } from "./go-destination.ts";

const file = new URL("../../fixtures/go-wire/destination.json", import.meta.url);
const destination = JSON.parse(readFileSync(file, "utf8")) as GoDestination;

const unsigned = {
  config: { auth: false, peers: { allowUnsigned: true, allowPlainHttp: false, syncIntervalMs: 0 } },
} as const;

async function openOrigin(url: string) {
  const server = await openServer({ targets: [], network: unsigned });
  expect((await server.call("POST", "/v1/peers", { peer_id: "go", base_url: url })).status).toBe(201);
  expect((await server.call("POST", "/v1/peers/go/sync", {})).status).toBe(200);
  return server;
}

type Node = Awaited<ReturnType<typeof openOrigin>>["node"];

/** Lets the waits between two tries pass. */
async function passing(node: Node, isSo: () => boolean, what: string) {
  for (let step = 0; step < 200 && !isSo(); step++) {
    node.clock.advance(100);
    for (let turn = 0; turn < 40; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
  if (!isSo()) throw new Error(`it never came to ${what}`);
}

it.each(destination.scenes)("$name", async (scene) => {
  await using go = await playGoNode(destination, scene);
  await using server = await openOrigin(go.url);
  const { node } = server;
  const runtime_options = { executor: "coder" };
  const { task_id } = await node.submit({
    target_runtime: "go/core",
    payload: { text: "x", deep: { er: 1 } },
    runtime_options,
    delivery: { when_offline: "queue" },
  });
  for (const { prompt, payload, refused } of scene.answers ?? []) {
    const open = () => node.record(task_id).awaiting;
    await passing(node, () => open().at(-1)?.prompt === prompt, `the question ${prompt}`);
    expect(open()).toMatchObject([{ prompt, kind: "input" }]);
    const answered = node.answer(task_id, payload);
    if (refused === undefined) await answered;
    else await expect(answered).rejects.toThrow(refused);
  }
  if (scene.cancels) {
    await node.reaches(task_id, "running");
    await node.cancel(task_id, "no more");
  }
  await passing(node, () => node.record(task_id).status === scene.wanted.status, String(scene.wanted.status));
  expect(node.record(task_id)).toMatchObject(scene.wanted);
  const told = Object.fromEntries(
    (["submit", "resume", "cancel"] as const).map((call) => [call, go.count(call)]),
  );
  expect(told).toMatchObject(scene.requests);
  expect(go.refused).toEqual([]);
  const taken = node.engine.reader
    .events(task_id)
    .flatMap(({ data }) => (data as { remote_event_seq?: number }).remote_event_seq ?? []);
  expect(taken).toEqual(Array.from({ length: scene.taken }, (_, at) => at + 1));
});
