/** Whatever is only read: no runtime is touched, and nothing is written. */
import { expect, it } from "vitest";
import { clientOperations } from "#contracts/openapi/operations.ts";
import { ThreadCreateRequest } from "#contracts/threads.ts";
import { createThread } from "#src/engine/threads.ts";
import { fakeTarget } from "../../open-engine.ts";
import { openServer } from "../../open-server.ts";

const reads = clientOperations().filter(({ method }) => method === "get");

it("no GET starts a runtime, gives it work, or writes a row", async () => {
  const [tested, other] = ["tested", "other"].map((target_id) => fakeTarget({ target_id }));
  if (tested === undefined || other === undefined) throw new Error("there are two");
  await using server = await openServer({ targets: [tested, other] });
  const { node, token, url } = server;
  const { task_id } = await node.submit({ target_runtime: "tested", payload: { text: "x".repeat(20_000) } });
  const { payload_artifact_id } = await node.reaches(task_id, "completed");
  const agent = { agent_id: "helper", transport_kind: "external" };
  expect((await server.call("POST", "/v1/agents/register", agent)).status).toBe(202);
  const pair = ThreadCreateRequest.parse({ agent_a_id: "helper", agent_b_id: "other" });
  const { thread_id } = await createThread(node.engine, pair);
  node.fake.crash(tested, "it was ended"); // all runtimes are down
  const ids: { readonly [name: string]: string | null } = {
    task_id,
    thread_id,
    agent_id: "helper",
    runtime_id: "tested",
    target_id: "other",
    artifact_id: payload_artifact_id,
  };
  const touched = () => ({
    starts: node.fake.starts.length,
    turns: node.fake.turns.length,
    written: node.storage.writer.prepare("SELECT total_changes() AS rows").get(),
  });
  // The crash's end of a lease is written, and whatever else is under way.
  await node.engine.leases.release("none");
  const before = touched();
  for (const { operationId, path } of reads) {
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? `no ${name}`);
    const answer = await fetch(url + filled, { headers: { authorization: `Bearer ${token}` } });
    await answer.body?.cancel();
    expect([operationId, answer.status]).toEqual([operationId, 200]);
  }
  expect(touched()).toEqual(before);
  expect(reads.length).toBeGreaterThan(20);
});
