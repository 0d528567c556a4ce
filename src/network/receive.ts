/** What comes to this node by a transport that isn't HTTP: checked, answered and signed like there. */
import { chainOf, signedHeaders, strangersMay } from "#src/core/claims.ts";
import type {
  AnswerBody,
  AnswerPeer,
  FrameBody,
  NetworkEnvelope,
  RequestBody,
  SignAnswer,
  VerifiedRequest,
  VerifyPeer,
} from "#src/core/network-ports.ts";
import { digestOf, sha256Of } from "./link.ts";
import type { Receive } from "./transports/loopback.ts";

export interface Receiving {
  readonly nodeId: string;
  readonly verify: VerifyPeer;
  readonly sign: SignAnswer;
  readonly answer: AnswerPeer;
  readonly allowUnsigned: boolean;
  /** Told why a message was refused. */
  readonly refused: (reason: string) => void;
  /** Told of a trusted peer that speaks. */
  readonly heard: (peer_id: string) => void;
}

/** Takes envelopes for a node. */
export function createReceiver(options: Receiving): Receive {
  return async function* receive(envelope, signal) {
    const checked = await check(options, envelope);
    if (typeof checked === "string") {
      options.refused(checked);
      yield replyTo(options, envelope, refusal, null);
      return;
    }
    if (checked?.caller.kind === "peer") options.heard(checked.caller.peer_id);
    const { frames, ...answer } = await options.answer(
      checked?.caller ?? { kind: "unsigned" },
      envelope.message_type,
      envelope.body,
      signal,
    );
    const goesOn = /^text\/event-stream/.test(answer.headers?.["content-type"] ?? "");
    const body_sha256 = goesOn ? sha256Of("") : (answer.sha256 ?? digestOf(answer.content));
    const signature =
      checked === undefined
        ? null
        : await options.sign(checked.claims, { status: answer.status, body_sha256 });
    yield replyTo(options, envelope, answer, signature);
    for await (const frame of frames ?? []) yield replyTo(options, envelope, frame, null);
  };
}

const refusal: AnswerBody = {
  kind: "answer",
  status: 401,
  content: {
    message_type: "error",
    code: "unauthorized",
    message: "The message is not believed; the other node's log says why.",
    retryable: false,
  },
};

/** @returns undefined for one that need not be signed, a text for one that isn't believed */
async function check(
  { verify, allowUnsigned }: Receiving,
  { signature, message_type, body }: NetworkEnvelope<RequestBody>,
): Promise<VerifiedRequest | string | undefined> {
  if (signature === null) {
    return allowUnsigned || message_type === "node.health" ? undefined : "it is not signed";
  }
  const { headers = {}, method, path, content } = body;
  const also = headers["aethrolink-signature-new"];
  const verified = await verify({
    signature,
    ...(also === undefined ? {} : { also }),
    message_type,
    method,
    path,
    headers: signedHeaders(headers),
    chain: chainOf(headers["aethrolink-chain"]),
    strangers: strangersMay.has(message_type),
  });
  if (typeof verified === "string") return verified;
  return verified.take(digestOf(content)) ?? verified;
}

const replyTo = <Body extends AnswerBody | FrameBody>(
  { nodeId }: Receiving,
  envelope: NetworkEnvelope<RequestBody>,
  body: Body,
  signature: string | null,
): NetworkEnvelope<Body> => ({
  ...envelope,
  sender_node: nodeId,
  recipient_node: envelope.sender_node,
  body,
  signature,
});
