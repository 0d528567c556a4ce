/** Threads of a target of this node and one of a peer's, both nodes in this process. */
import { expect, it } from "vitest";
import { AgentRegistrationRequest } from "#contracts/agents.ts";
import { PeerFault } from "#src/core/network-ports.ts";
import { registerAgent } from "#src/engine/agents.ts";
import { until } from "../../open-engine.ts";
import { openTwoServers } from "../../two-servers.ts";
import { coded, goOn, inspect, openThread, payloadsOf, stands, turnsOf } from "../threads/world.ts";

async function openPair() {
  const two = await openTwoServers();
  await two.pair();
  const synced = await two.a.call("POST", "/v1/peers/beta/sync", {});
  if (synced.status !== 200) throw new Error(JSON.stringify(synced.body));
  return two;
}

/** What goes before the names of conversations that the first node gave the second. */
const pairingOf = ({ b }: Awaited<ReturnType<typeof openPair>>) =>
  b.node.engine.network.peers.get("alpha")?.pairing_id;

const pair = { agent_a_id: "research", agent_b_id: "beta/build" };

it("tells of each turn who has its target, and what it is called there", async () => {
  await using two = await openPair();
  const { node } = two.a;
  const thread_id = await openThread(node, pair);
  const begun = inspect(node, thread_id);
  const beta = two.b.node.engine.network.nodeId;
  expect(begun.participants).toEqual([
    { agent_id: "research", owner: "local" },
    { agent_id: "beta/build", owner: "remote", peer_id: "beta", node_id: beta },
  ]);
  expect(begun.next_continue.will_reuse_remote_session).toBe(false);
  await goOn(node, thread_id);
  await stands(node, thread_id, "completed");
  await goOn(node, thread_id);
  await stands(node, thread_id, "completed");
  const [there] = two.b.node.engine.reader.list({}, 2);
  expect(there).toMatchObject({
    conversation_id: `${pairingOf(two)}/${thread_id}`,
    metadata: { origin_thread_id: thread_id },
  });
  const session = there?.remote?.remote_session_id;
  expect(session).toEqual(expect.stringMatching(/./));
  const stood = inspect(node, thread_id);
  expect(stood.turns).toMatchObject([
    {
      target_owner: "remote",
      remote_peer_id: "beta",
      destination_node_id: beta,
      destination_task_id: there?.task_id,
      remote_execution_id: there?.task_id,
      remote_session_id: session,
    },
    { target_owner: "local", target_agent_id: "research" },
  ]);
  expect(stood.turns[1]).not.toHaveProperty("remote_peer_id");
  expect(stood.continuity[1]).toEqual({
    agent_id: "beta/build",
    last_remote_session_id: session,
    last_remote_execution_id: there?.task_id,
    session_bindings: [],
  });
  expect(stood.next_continue).toEqual({
    sender_agent_id: "research",
    target_agent_id: "beta/build",
    will_reuse_remote_session: true,
  });
});

it("keeps the thread's session there, whatever conversation a turn names", async () => {
  await using two = await openPair();
  const { node } = two.a;
  const thread_id = await openThread(node, pair);
  const toBuild = { sender: "research", target_agent_id: "beta/build" };
  await goOn(node, thread_id, toBuild);
  await stands(node, thread_id, "completed");
  await goOn(node, thread_id, { ...toBuild, conversation_id: "another" });
  await stands(node, thread_id, "completed");
  const there = two.b.node.engine.reader.list({}, 3);
  const own = `${pairingOf(two)}/${thread_id}`;
  expect(there.map(({ conversation_id }) => conversation_id)).toEqual([own, own]);
  expect(there[0]?.remote?.remote_session_id).toBe(there[1]?.remote?.remote_session_id);
});

it("goes back and forth by itself, also where an answer is an artifact of the peer's", async () => {
  await using two = await openPair();
  const { node } = two.a;
  const thread_id = await openThread(node, pair);
  const payload = { mode: "flood", chunks: 3000, size: 16 };
  await goOn(node, thread_id, { payload, auto_continue: true, max_turns: 3 });
  await stands(node, thread_id, "completed");
  expect(turnsOf(node, thread_id)).toEqual([
    "1 research>beta/build completed",
    "2 beta/build>research completed",
    "3 research>beta/build completed",
  ]);
  const [first, second] = inspect(node, thread_id).turns.map(({ task_id }) =>
    node.engine.reader.get(task_id),
  );
  expect(first?.result_artifact_id).toEqual(expect.any(String));
  expect(second?.payload_artifact_id).toEqual(expect.any(String));
  const said = node.engine.artifacts.find(second?.payload_artifact_id ?? "");
  expect(said?.size_bytes).toBeGreaterThan(40_000);
});

it("waits for a peer that has the whole answer and can't be asked for it", async () => {
  await using two = await openPair();
  const { node } = two.a;
  const { link } = node.engine.network;
  const ask = link.ask.bind(link);
  let asked = 0;
  link.ask = (peer, request, signal) => {
    if (request.message_type !== "task.artifact") return ask(peer, request, signal);
    asked++;
    return asked > 1
      ? ask(peer, request, signal)
      : Promise.reject(new PeerFault("unreachable", "the cable is out"));
  };
  const thread_id = await openThread(node, pair);
  const payload = { mode: "flood", chunks: 3000, size: 16 };
  await goOn(node, thread_id, { payload, auto_continue: true, max_turns: 2 });
  await until(() => asked === 1, "the answer to be asked for");
  await until(() => {
    if (asked === 1) two.clock.advance(1000);
    return asked > 1;
  }, "the answer to be asked for again");
  await stands(node, thread_id, "completed");
  expect(turnsOf(node, thread_id)).toEqual([
    "1 research>beta/build completed",
    "2 beta/build>research completed",
  ]);
});

it("goes on behind a turn at a peer that was under way when this node ended", async () => {
  await using two = await openPair();
  const { node } = two.a;
  const thread_id = await openThread(node, pair);
  const payload = { mode: "await_then_resume" };
  await goOn(node, thread_id, { payload, auto_continue: true, max_turns: 3, stop_on_awaiting_input: false });
  const [turn] = inspect(node, thread_id).turns;
  await node.reaches(turn?.task_id ?? "", "awaiting_input");
  node.abandon();
  await using again = await two.reopenA();
  const [there] = two.b.node.engine.reader.list({}, 2);
  await two.b.node.answer(there?.task_id ?? "", { approved: true });
  await stands(again, thread_id, "completed");
  expect(turnsOf(again, thread_id)).toEqual([
    "1 research>beta/build completed",
    "2 beta/build>research completed",
    "3 research>beta/build completed",
  ]);
  const turns = two.b.node.engine.reader.list({}, 3);
  expect(turns).toHaveLength(2);
  expect(turns[0]?.remote?.remote_session_id).toBe(turns[1]?.remote?.remote_session_id);
});

it("takes the bare name of a peer's target for its full one, for good", async () => {
  await using two = await openPair();
  const { node } = two.a;
  const thread_id = await openThread(node, { agent_a_id: "research", agent_b_id: "build" });
  expect(inspect(node, thread_id).thread).toMatchObject({
    agent_b_id: "beta/build",
    continuity_key: "research:beta/build",
  });
  const twice = openThread(node, { agent_a_id: "beta/build", agent_b_id: "build" });
  await expect(twice).rejects.toThrow("invalid_participants");
  const unknown = openThread(node, { ...pair, agent_b_id: "beta/nobody" });
  await expect(unknown).rejects.toThrow("participant_not_found");
});

it("never gives a peer what is said to an agent of this node that has the same name", async () => {
  await using two = await openPair();
  const { node } = two.a;
  const agent = AgentRegistrationRequest.parse({ agent_id: "build", transport_kind: "external" });
  await registerAgent(node.engine, { kind: "operator", name: "tests" }, agent);
  const thread_id = await openThread(node, { agent_a_id: "research", agent_b_id: "build" });
  expect(inspect(node, thread_id).participants[1]).toEqual({ agent_id: "build", owner: "local" });
  await expect(coded(goOn(node, thread_id))).rejects.toThrow("target_not_found");
  expect(two.b.node.engine.reader.list({}, 1)).toEqual([]);
});

it("expects no session of a peer that was taken out, and refuses the turn", async () => {
  await using two = await openPair();
  const { node } = two.a;
  const thread_id = await openThread(node, pair);
  const toBuild = { sender: "research", target_agent_id: "beta/build" };
  await goOn(node, thread_id, toBuild);
  await stands(node, thread_id, "completed");
  expect((await two.a.call("DELETE", "/v1/peers/beta")).status).toBeLessThan(300);
  await expect(goOn(node, thread_id, toBuild)).rejects.toThrow("target_not_found");
  await goOn(node, thread_id, { sender: "beta/build" });
  await stands(node, thread_id, "completed");
  const stood = inspect(node, thread_id);
  expect(stood.participants[1]).toEqual({ agent_id: "beta/build", owner: "remote", peer_id: "beta" });
  expect(stood.next_continue).toMatchObject({
    target_agent_id: "beta/build",
    will_reuse_remote_session: false,
  });
  expect(payloadsOf(node, thread_id)).toHaveLength(2);
});
