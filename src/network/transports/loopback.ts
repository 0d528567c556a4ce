/** Carries envelopes between nodes of one process. */
import {
  type AnswerBody,
  type FrameBody,
  type NetworkEnvelope,
  PeerFault,
  type RequestBody,
  type TransportAdapter,
} from "#src/core/network-ports.ts";

/** What a node does with an envelope that comes to it. */
export type Receive = (
  envelope: NetworkEnvelope<RequestBody>,
  signal: AbortSignal,
) => AsyncIterable<NetworkEnvelope<AnswerBody | FrameBody>>;

export interface Loopback extends TransportAdapter {
  /** Lets an address, `loopback://<name>`, be answered; the answer takes that back. */
  listen(address: string, receive: Receive): () => void;
}

/** Joins the nodes that are given it. */
export function createLoopback(): Loopback {
  const listening = new Map<string, Receive>();
  return {
    name: "loopback",
    reaches: (address) => address.startsWith("loopback://"),
    listen(address, receive) {
      listening.set(address, receive);
      return () => {
        if (listening.get(address) === receive) listening.delete(address);
      };
    },
    async *exchange(address, envelope, signal) {
      const receive = listening.get(address);
      if (receive === undefined || signal.aborted)
        throw new PeerFault("unreachable", `no node of this process is ${address}`);
      try {
        // As over any wire: nobody holds on to what another may still change.
        for await (const answer of until(receive(structuredClone(envelope), signal), signal)) {
          yield structuredClone(answer);
        }
      } catch (thrown) {
        throw thrown instanceof PeerFault
          ? thrown
          : new PeerFault("broken", `${address} broke off`, { cause: thrown });
      }
    },
  };
}

/** What an iterable yields, until it ends or the signal does. */
async function* until<T>(items: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T, void, undefined> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(new PeerFault("broken", "the exchange was given up"));
  aborted.promise.catch(() => {});
  signal.addEventListener("abort", abort, { once: true });
  const iterator = items[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), aborted.promise]);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener("abort", abort);
    // Not awaited: a source that is stuck would hold up whoever gave it up.
    void iterator.return?.(undefined);
  }
}
