/** The mock handlers answer as the contract says. */
import { setupServer } from "msw/node";
import { afterAll, beforeAll } from "vitest";
import { type Choice, handlers } from "#generated/msw/handlers.ts";
import { alteredFetch } from "./altered-fetch.ts";
import { aNode, nothing, targets, type World } from "./case.ts";
import { describeContract } from "./suite.ts";

const baseUrl = "http://127.0.0.1:7777";
const server = setupServer();
beforeAll(() => server.listen({ onUnhandledFrame: "error" }));
afterAll(() => server.close());

/** It needs nothing but names: what it answers is chosen. */
const anyId = async () => nothing.id;
const world: World = {
  endedTask: anyId,
  runningTask: anyId,
  askingTask: anyId,
  artifact: anyId,
  damagedArtifact: anyId,
  agent: anyId,
  passingAgent: anyId,
  ownToken: anyId,
  spareToken: anyId,
  lostPosition: async () => 1,
  busyTarget: async () => targets.able,
  fullTarget: async () => targets.able,
  processWithTwoTasks: async () => "alink_process",
  thread: anyId,
  busyThread: anyId,
  fullThread: anyId,
  forsakenThread: anyId,
  peer: async () => nothing.name,
  sparePeer: async () => nothing.name,
  deadPeer: async () => nothing.name,
  invitation: async () =>
    `alink1_${Buffer.from(JSON.stringify({ url: baseUrl, node_id: aNode, secret: "s" })).toString("base64url")}`,
  pairing: async () => ({
    body: { secret: "s", node_id: aNode, peer_id: nothing.name, base_url: baseUrl },
    headers: {},
  }),
  rotation: async () => ({ body: { new_node_id: aNode }, headers: {} }),
  withBrokenRegistry: (call) => call(),
};

describeContract({
  exact: false,
  open: async () => ({
    baseUrl,
    tokens: { operator: "alink_operator", reader: "alink_reader", agent: "alink_agent", nobody: undefined },
    world,
    altered: () => alteredFetch({}),
    [Symbol.asyncDispose]: async () => {},
  }),
  expects: (operationId, status) =>
    server.resetHandlers(...handlers(baseUrl, { [operationId]: status } as Choice)),
});
