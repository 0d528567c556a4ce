/** What the parts of a relay share: the peer, how it is asked, and how long is waited before it is asked again. */
import { NodeError } from "#contracts/node-tasks.ts";
import type { Trace } from "#contracts/tasks.ts";
import {
  type KeptPeer,
  type KnownPeer,
  type PeerAnswer,
  PeerFault,
  type PeerRequest,
} from "#src/core/network-ports.ts";
import type { Json } from "#src/core/ports.ts";
import { selfPeer } from "#src/core/remote-target.ts";
import type { RelayBinding } from "#src/store/relays.ts";
import type { OpenTask } from "#src/store/task-rows.ts";
import type { Engine, Work } from "./engine.ts";
import { askPeer } from "./network.ts";

/** A task of this node that another one works on. */
export interface Relay {
  readonly work: Work;
  /** As the last event has it; changed only together with one. */
  binding: RelayBinding;
  /** Own names of artifacts, by those of the peer. */
  readonly artifacts: Map<string, string>;
  /** Questions that the peer gave an id that can't be kept, or none, by the id that they have here. */
  readonly foreign: Map<string, string | null>;
  /** Questions that were answered here. */
  readonly answered: Set<string>;
  /** Aborted when the task has ended, or is to be left as it is. */
  readonly over: AbortSignal;
  /** Whether an earlier life of this node may have handed it over. */
  readonly isOld: boolean;
  /** Whether the link is said to be broken. */
  broken: boolean;
}

/** Whoever is known by a name now, or the very node that a task is for. */
type PeerRef = string | Pick<RelayBinding, "peer_id" | "pairing_id">;

const nameIn = (of: PeerRef): string => (typeof of === "string" ? of : of.peer_id);

/** The peer of a relay, if it is still one that is given tasks. */
export function relayPeer({ network }: Engine, of: PeerRef): KeptPeer | undefined {
  const peer_id = nameIn(of);
  const peer = peer_id === selfPeer ? network.self : network.peers.get(peer_id);
  if (typeof of !== "string" && of.pairing_id !== peer?.pairing_id) return undefined;
  return peer?.trust === "trusted" || peer?.trust === "unsigned" ? peer : undefined;
}

/** Whether a peer knows what it was given before, so that it may be said again. */
export const deduplicates = ({ trust, node_id }: KnownPeer): boolean =>
  trust === "trusted" && node_id !== null;

/** Whether the other node of a relay knows its questions by ids, and tells when one is settled. */
export function namesQuestions(engine: Engine, { binding }: Relay): boolean {
  const peer = relayPeer(engine, binding);
  return peer === undefined || deduplicates(peer);
}

/**
 * Asks the peer of a relay.
 * @throws PeerFault unreachable also where it is no peer any more
 */
export async function askRelay(
  engine: Engine,
  of: PeerRef,
  request: PeerRequest,
  signal?: AbortSignal,
): Promise<PeerAnswer> {
  const { reached, peers } = engine.network;
  const peer_id = nameIn(of);
  const peer = relayPeer(engine, of);
  if (peer === undefined) throw new PeerFault("unreachable", noLonger(peer_id));
  const bond = peers.bond(peer_id);
  try {
    const until = signal === undefined ? bond : AbortSignal.any([signal, bond]);
    const answer = await askPeer(engine.network, peer, request, until);
    reached.set(peer_id, engine.clock.now());
    return answer;
  } catch (thrown) {
    reached.delete(peer_id);
    throw thrown instanceof PeerFault ? withoutAddress(thrown, peer) : thrown;
  }
}

/** Said of a task whose peer was blocked or removed. */
export const noLonger = (peer_id: string): string => `${peer_id} is no trusted peer any more`;

/** What stands in a task's events can go far: to whoever gave the task, which may be another node. */
function withoutAddress(fault: PeerFault, { peer_id, base_url }: KnownPeer): PeerFault {
  const { host, hostname, origin } = new URL(base_url);
  const message = [base_url, origin, host, hostname]
    .filter((address) => address !== "")
    .reduce((text, address) => text.replaceAll(address, peer_id), fault.message);
  return new PeerFault(fault.kind, message, { cause: fault });
}

/** What a refusal says, for people. */
export const refusalIn = ({ status, content }: PeerAnswer): string =>
  NodeError.safeParse(content).data?.message.slice(0, 1000) ?? `it answers ${status}`;

/** 0.2 s, doubling to 30 s. */
export const backoffMs = (attempt: number): number => Math.min(30_000, 200 * 2 ** Math.min(attempt, 10));

/** So long another node is told something before that is given up. */
export const tellMs = 10_000;

/** Waits, or until nobody wants to go on. */
export function rest({ clock }: Engine, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      disarm();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const disarm = clock.after(ms, done);
    signal.addEventListener("abort", done, { once: true });
  });
}

/** What is said of a task that the peer works on has this form. */
export function steering(
  { network, clock }: Engine,
  { task_id, destination_task_id }: RelayBinding,
  trace: Trace,
  more: { readonly [name: string]: Json },
): Json {
  return {
    origin_node_id: network.nodeId,
    origin_proxy_task_id: task_id,
    destination_task_id,
    trace: JSON.parse(JSON.stringify(trace)) as Json,
    requested_at: new Date(clock.now()).toISOString(),
    ...more,
  };
}

export const pathOf = ({ destination_task_id }: RelayBinding, call: string): string =>
  `/v1/node/tasks/${encodeURIComponent(destination_task_id ?? "")}/${call}`;

/**
 * Says something until there is an answer, or the time for it is over; each time is told whether it may have been said before.
 * @param over when nobody wants to know any more
 * @param repeats whether what may have been heard is said again
 */
export async function insist(
  engine: Engine,
  binding: RelayBinding,
  request: PeerRequest,
  over: AbortSignal,
  repeats = true,
): Promise<{ answer: PeerAnswer; saidBefore: boolean }> {
  const until = engine.clock.now() + tellMs;
  let saidBefore = false;
  for (let attempt = 0; ; attempt++) {
    const said = await say(engine, binding, request);
    if (!(said instanceof PeerFault)) return { answer: said, saidBefore };
    saidBefore ||= said.kind !== "unreachable";
    const isHeard = saidBefore && !repeats;
    if (over.aborted || isHeard || engine.clock.now() + backoffMs(attempt) > until)
      throw new PeerFault(saidBefore ? "broken" : "unreachable", said.message, { cause: said });
    await rest(engine, backoffMs(attempt), over);
  }
}

/** Says something once; an answer that tells of the peer's own trouble is none. */
export async function say(
  engine: Engine,
  binding: RelayBinding,
  request: PeerRequest,
): Promise<PeerAnswer | PeerFault> {
  try {
    const answer = await askRelay(engine, binding, request);
    if (answer.status < 500) return answer;
    return new PeerFault(answer.status === 503 ? "unreachable" : "broken", refusalIn(answer));
  } catch (thrown) {
    if (thrown instanceof PeerFault) return thrown;
    throw thrown;
  }
}

/** The nodes that a task has come through before this one, as the first of those above it says that came from one. */
export function chainBefore({ relays, log, reader }: Engine, { fixed }: OpenTask): string[] {
  let id: string | undefined = fixed.task_id;
  for (let depth = 0; id !== undefined && depth < 64; depth++) {
    const given = relays.nodeTaskOf(id);
    if (given !== undefined) return JSON.parse(given.chain) as string[];
    const trace: { readonly parent_task_id?: string | undefined } | undefined =
      log.get(id)?.fixed.trace ?? reader.get(id)?.trace;
    id = trace?.parent_task_id;
  }
  return [];
}

/** Tells once that the link broke, and once that it holds again. */
export function noteLink(engine: Engine, relay: Relay, link: "broken" | "restored", why?: string): void {
  if (relay.broken === (link === "broken")) return;
  relay.broken = link === "broken";
  const { task } = relay.work;
  const { peer_id } = relay.binding;
  engine.log.append(task, {
    kind: "runtime.health",
    source: "transport",
    message: relay.broken
      ? `the link to ${peer_id} broke: ${why ?? "no reason is known"}`
      : `the link to ${peer_id} holds again`,
    data: { healthy: !relay.broken, link },
  });
  if (relay.binding.destination_task_id === null) return;
  keepBinding(engine, relay, { status: relay.broken ? "relay_interrupted" : "relay_streaming" });
}

/** Changes what is kept of a relay, in the commit of what was just appended. */
export function keepBinding(engine: Engine, relay: Relay, changes: Partial<RelayBinding>): void {
  const binding = { ...relay.binding, ...changes, updated_at: new Date(engine.clock.now()).toISOString() };
  relay.binding = binding;
  engine.log.with(relay.work.task, () => engine.relays.putBinding(binding));
}
