/**
 * What other nodes may ask of this one, whatever carried it here: HTTP and loopback end in the same
 * functions.
 */

import { problemFields } from "#contracts/errors.ts";
import { PairRequest, RotateRequest } from "#contracts/node.ts";
import type { AnswerBody, AnswerPeer, PeerCaller } from "#src/core/network-ports.ts";
import type { Json } from "#src/core/ports.ts";
import { fail, RequestError } from "#src/errors.ts";
import type { Engine } from "./engine.ts";
import { exportedTargets } from "./exported-targets.ts";
import { answerNodeTask, envelopeAnswer } from "./node-task-calls.ts";
import { acceptPairing } from "./pairing.ts";
import { findPeer, keepPeer, nodeHealth, refuseKey } from "./peers.ts";

/**
 * Pins a peer's new key.
 * @throws RequestError unauthorized where it is not signed by both
 */
export async function acceptRotation(
  engine: Engine,
  caller: PeerCaller,
  { new_node_id }: RotateRequest,
): Promise<{ node_id: string }> {
  if (caller.kind !== "peer" || caller.also !== new_node_id)
    fail("unauthorized", "A new key is announced by a trusted peer, signed by the old key and by the new.");
  const { peer_id } = caller;
  refuseKey(engine, peer_id, new_node_id);
  const peer = findPeer(engine, peer_id);
  if (peer.trust !== "trusted" || peer.node_id !== caller.node_id)
    fail("unauthorized", "A new key is announced by a trusted peer.");
  await keepPeer(engine, { ...peer, node_id: new_node_id });
  engine.logger.info({ peer_id, node_id: new_node_id }, "a peer has a new key");
  return { node_id: new_node_id };
}

interface Asked {
  readonly engine: Engine;
  readonly caller: PeerCaller;
  readonly content: Json;
}

/** By method and path; what isn't here has no way but HTTP. */
const answers: { readonly [asked: string]: (asked: Asked) => Promise<object> } = {
  "node.health GET /v1/node/health": async ({ engine }) => nodeHealth(engine),
  "targets.list GET /v1/targets": async ({ engine, caller }) => ({
    targets: exportedTargets(engine, caller),
  }),
  "node.pair POST /v1/node/pair": ({ engine, caller, content }) =>
    acceptPairing(engine, caller, checked(PairRequest, content)),
  "node.rotate POST /v1/node/rotate": ({ engine, caller, content }) =>
    acceptRotation(engine, caller, checked(RotateRequest, content)),
};

interface Schema<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false; error: { message: string } };
}

function checked<T>(schema: Schema<T>, content: Json): T {
  const parsed = schema.safeParse(content);
  return parsed.success ? parsed.data : fail("invalid_request", parsed.error.message.slice(0, 500));
}

/** Answers other nodes of this process. */
export function answerPeer(engine: Engine): AnswerPeer {
  return async (caller, message_type, request) => {
    const { method, path, content } = request;
    const ofTask = await answerNodeTask(engine, caller, message_type, request);
    if (ofTask !== undefined) return envelopeAnswer(ofTask);
    const answer = answers[`${message_type} ${method} ${path}`];
    try {
      if (answer === undefined) fail("not_found", `There is no ${method} ${path.slice(0, 200)}.`);
      return jsonAnswer(200, await answer({ engine, caller, content }));
    } catch (thrown) {
      if (!(thrown instanceof RequestError)) throw thrown;
      const problem = problemFields(thrown.code, thrown.message);
      return jsonAnswer(problem.status, problem);
    }
  };
}

const jsonAnswer = (status: number, content: object): AnswerBody => ({
  kind: "answer",
  status,
  headers: { "content-type": "application/json" },
  content: JSON.parse(JSON.stringify(content)) as Json,
});
