/** Tasks that one node gives another, over HTTP, both in this process. */
import { expect, it } from "vitest";
import { openTwoServers } from "../../two-servers.ts";

async function openPair() {
  const two = await openTwoServers();
  await two.pair();
  const synced = await two.a.call("POST", "/v1/peers/beta/sync", {});
  if (synced.status !== 200) throw new Error(JSON.stringify(synced.body));
  return two;
}

const build = { target_runtime: "build" };

it("a task for a peer's target runs there, and all of it is seen here", async () => {
  await using two = await openPair();
  const { node } = two.a;
  const task = await node.submit({ ...build, payload: { text: "hello" } });
  const done = await node.reaches(task.task_id, "completed");
  expect(done).toMatchObject({
    resolved_runtime: "beta/build",
    result: { text: "echo: hello" },
    remote: { binding: "node_relay" },
  });
  expect(node.kinds(task.task_id)).toEqual([
    "1 task.created",
    "2 task.routed",
    "3 runtime.ready",
    "4 task.dispatching",
    "5 task.running",
    "6 task.progress",
    "7 task.progress",
    "8 task.progress",
    "9 task.progress",
    "10 task.progress",
    "11 task.progress",
    "12 task.completed",
  ]);
});
