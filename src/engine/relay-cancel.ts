/**
 * Telling another node that its work on a task is to end.
 *
 * 1. That it is to be told is kept until it has answered, whatever it answers, or its pairing has gone: its
 *    silence ends the task here, and not the work there.
 * 2. It is told at once and for a while; then each time that it is heard of or has said what it exports, and
 *    when this node starts.
 * 3. Who is told is the pairing that the task was given to.
 */
import type { Trace } from "#contracts/tasks.ts";
import { type PeerAnswer, PeerFault, type PeerRequest } from "#src/core/network-ports.ts";
import { selfPeer } from "#src/core/remote-target.ts";
import { messageOf } from "#src/errors.ts";
import type { RelayBinding } from "#src/store/relays.ts";
import type { Engine } from "./engine.ts";
import { insist, pathOf, type Relay, refusalIn, say, steering } from "./relay-link.ts";

/** Asks for the end of the work, also when the task has ended here; resolves when that was said, or could not be. */
export async function cancelRelay(engine: Engine, { work, binding }: Relay): Promise<void> {
  const { task_id, peer_id } = binding;
  engine.log.batch.add(keyOf(binding), () => engine.relays.oweCancel(binding));
  try {
    const request = requestOf(engine, binding, work.task.fixed.trace);
    const { answer } = await insist(engine, binding, request, engine.network.over.signal);
    await takeAnswer(engine, binding, answer);
  } catch (thrown) {
    engine.logger.warn({ task_id, peer_id, why: messageOf(thrown) }, "a peer could not be told of a cancel");
    const { owed } = engine.network;
    if (!owed.has(peer_id)) owed.set(peer_id, engine.clock.now());
  }
}

const keyOf = ({ task_id }: RelayBinding) => `cancel of ${task_id}`;

function requestOf(engine: Engine, binding: RelayBinding, trace: Trace): PeerRequest {
  const reason = reasonOf(engine, binding.task_id);
  return {
    message_type: "task.cancel",
    method: "POST",
    path: pathOf(binding, "cancel"),
    content: steering(engine, binding, trace, reason === undefined ? {} : { reason }),
  };
}

/** Why the cancel was asked for, in the words of whoever did. */
function reasonOf({ reader }: Engine, task_id: string): string | undefined {
  const asked = reader.events(task_id).findLast(({ kind }) => kind === "task.cancel_requested");
  const reason = (asked?.data as { readonly reason?: unknown } | undefined)?.reason;
  return typeof reason === "string" ? reason.slice(0, 1024) : undefined;
}

/** Also a node that knows no such task, or has ended it, knows all that it is to know. */
function takeAnswer(engine: Engine, binding: RelayBinding, answer: PeerAnswer): Promise<void> {
  const { task_id, peer_id } = binding;
  if (answer.status >= 300)
    engine.logger.warn({ task_id, peer_id, why: refusalIn(answer) }, "a peer does not take a cancel");
  return settle(engine, binding);
}

const settle = (engine: Engine, binding: RelayBinding): Promise<void> =>
  engine.log.batch.add(keyOf(binding), () => engine.relays.settleCancel(binding.task_id));

/** One that did not answer is told again so much later at the soonest, however often it is heard of. */
const againMs = 5000;

/** A peer that is there is told what it has not answered; nobody waits for that. */
export function tellCancels(engine: Engine, peer_id: string): void {
  const { network, clock, logger } = engine;
  const soonest = network.owed.get(peer_id);
  if (engine.stopping || soonest === undefined || clock.now() < soonest) return;
  // Until it is known what came of that, nobody else tells it.
  network.owed.set(peer_id, Number.POSITIVE_INFINITY);
  const again = () => void network.owed.set(peer_id, clock.now() + againMs);
  tellOwed(engine, peer_id).then(
    (left) => (left === 0 ? network.owed.delete(peer_id) : again()),
    (thrown: unknown) => {
      again();
      // A node that ends leaves it to its next life.
      if (network.over.signal.aborted) return;
      logger.warn({ err: thrown, peer_id }, "a peer could not be told of its cancels");
    },
  );
}

/** Tells what an earlier life has left. */
export function takeUpCancels(engine: Engine): void {
  for (const peer_id of engine.relays.peersOwed()) {
    engine.network.owed.set(peer_id, engine.clock.now());
    tellCancels(engine, peer_id);
  }
}

/** @returns how many are still to be told */
async function tellOwed(engine: Engine, peer_id: string): Promise<number> {
  for (const binding of engine.relays.owedCancels(peer_id)) {
    // An open task tells it by itself.
    if (engine.log.get(binding.task_id) !== undefined) continue;
    const trace = engine.reader.get(binding.task_id)?.trace;
    if (trace === undefined || hasGone(engine, binding)) {
      await settle(engine, binding);
      continue;
    }
    const answer = await say(engine, binding, requestOf(engine, binding, trace));
    if (!(answer instanceof PeerFault)) await takeAnswer(engine, binding, answer);
    // What breaks off may be this one's fault; else there is nobody to be told of the others.
    else if (answer.kind !== "broken") break;
  }
  return engine.relays.owedCancels(peer_id).length;
}

const hasGone = ({ network }: Engine, { peer_id, pairing_id }: RelayBinding): boolean =>
  peer_id !== selfPeer && network.peers.get(peer_id)?.pairing_id !== pairing_id;
