/**
 * One task from acceptance to its end, where it runs at another node.
 *
 * 1. Nothing leaves for the other node before the event that announces it is on disk.
 * 2. What the other node tells is taken over once, in its order, and survives the end of either node.
 * 3. A broken link is no end: only the task's own limits are, or an answer that says so.
 * 4. It is for the pairing that had the peer's name when it was accepted, and for no other node that has the
 *    name later, however long it waits.
 */

import { PeerFault } from "#src/core/network-ports.ts";
import { ended } from "#src/core/task-machine.ts";
import type { RelayBinding } from "#src/store/relays.ts";
import type { Engine, Work } from "./engine.ts";
import { failTask } from "./fail-task.ts";
import { countRunningTime } from "./reattach.ts";
import { cancelRelay } from "./relay-cancel.ts";
import { pauseForQuestions } from "./relay-frames.ts";
import {
  askRelay,
  backoffMs,
  keepBinding,
  noLonger,
  noteLink,
  type Relay,
  relayPeer,
  rest,
} from "./relay-link.ts";
import { mirror } from "./relay-mirror.ts";
import { relayRun } from "./relay-run.ts";
import { submitRelay } from "./relay-submit.ts";
import { armQueueTime, pendingLaunch } from "./run-task.ts";
import { armRunningTime, cancelRun } from "./steer-task.ts";

/** A task that waits, or has just come. */
export async function relayToTheEnd(engine: Engine, work: Work): Promise<void> {
  const { task } = work;
  const binding = bindingOf(engine, work);
  const { peer_id } = binding;
  const stopWaiting = armQueueTime(engine, work);
  try {
    if (!(await untilReachable(engine, work, binding))) return;
  } finally {
    stopWaiting();
  }
  engine.log.append(task, { kind: "runtime.ready", source: "transport", data: { peer_id } });
  const kept = engine.log.append(task, { kind: "task.dispatching", source: "core" });
  if (kept === undefined) return;
  const relay = openRelay(engine, work, binding, false);
  await kept;
  if (work.over.signal.aborted) return;
  armRunningTime(engine, work);
  await toTheEnd(engine, relay);
}

/** A task that an earlier life has handed over, or was about to. */
export async function relayAgain(engine: Engine, work: Work, binding: RelayBinding): Promise<void> {
  const relay = openRelay(engine, work, binding, true);
  countRunningTime(engine, work);
  if (work.task.open > 0) pauseForQuestions(engine, work);
  await toTheEnd(engine, relay);
}

async function toTheEnd(engine: Engine, relay: Relay): Promise<void> {
  const { work } = relay;
  try {
    if (relay.binding.destination_task_id === null && !(await handOver(engine, relay))) return;
    work.run = relayRun(engine, relay);
    if (work.task.cancel !== null) cancelRun(engine, work);
    await mirror(engine, relay);
  } finally {
    work.timers.running?.();
    work.timers.cancelling?.();
    work.timers.question?.();
  }
  if (work.lost !== undefined) throw work.lost;
}

/** @returns whether the other node works on the task now */
async function handOver(engine: Engine, relay: Relay): Promise<boolean> {
  const { work } = relay;
  const { task } = work;
  const outcome = await submitRelay(engine, relay);
  if (outcome.kind === "left") return false;
  if (outcome.kind === "failed") {
    if (!ended(task.status) && !engine.stopping) failTask(engine, task, outcome.reason, outcome.detail);
    return false;
  }
  const { destination_node_id, destination_task_id, destination_thread_id = null } = outcome.accepted;
  const about = { destination_node_id, destination_task_id, destination_thread_id };
  const thread = destination_thread_id === null ? {} : { destination_thread_id };
  if (ended(task.status)) {
    // It was cancelled while it was handed over: what came of that is cancelled there.
    relay.binding = { ...relay.binding, ...about };
    await cancelRelay(engine, relay);
    return false;
  }
  if (relay.over.aborted) return false;
  noteLink(engine, relay, "restored");
  const kept = engine.log.append(task, {
    kind: "task.running",
    source: "transport",
    data: { remote_execution_id: destination_task_id, destination_node_id, destination_task_id, ...thread },
    changes: { remote: { binding: "node_relay", remote_execution_id: destination_task_id } },
  });
  keepBinding(engine, relay, { ...about, status: "relay_streaming" });
  try {
    await kept;
  } catch (thrown) {
    // Nothing here says where it runs, so nothing here could follow it.
    void cancelRelay(engine, relay);
    throw thrown;
  }
  return true;
}

/** Invariant 4: of a task that has just come it goes into the task's first commit. */
function bindingOf(engine: Engine, { task, target }: Work): RelayBinding {
  const { task_id } = task.fixed;
  const known = engine.relays.binding(task_id);
  if (known !== undefined) return known;
  const now = new Date(engine.clock.now()).toISOString();
  const peer_id = target.remote?.peer_id ?? "";
  const binding: RelayBinding = {
    task_id,
    peer_id,
    pairing_id: relayPeer(engine, peer_id)?.pairing_id ?? "",
    destination_node_id: null,
    destination_task_id: null,
    destination_thread_id: null,
    status: "relay_pending",
    last_remote_seq: 0,
    created_at: now,
    updated_at: now,
  };
  engine.log.with(task, () => engine.relays.putBinding(binding));
  return binding;
}

/** Ends with the task: a task's end comes also from its limits, which know nothing of streams. */
function openRelay(engine: Engine, work: Work, binding: RelayBinding, isOld: boolean): Relay {
  const { task_id } = binding;
  const over = new AbortController();
  const end = () => over.abort();
  work.over.signal.addEventListener("abort", end, { once: true });
  if (work.over.signal.aborted) end();
  const unlisten = engine.log.tail(task_id)?.listen(() => {
    if (engine.log.get(task_id) !== undefined) return;
    unlisten?.();
    end();
  });
  const artifacts = engine.relays.artifactsOf(task_id);
  return {
    work,
    binding,
    artifacts: new Map(artifacts.map((each) => [each.remote_artifact_id, each.artifact_id])),
    ...askedBefore(engine, binding),
    over: over.signal,
    isOld,
    broken: binding.status === "relay_interrupted",
  };
}

/** What an earlier life knew of the peer's questions. */
function askedBefore({ reader }: Engine, { task_id, last_remote_seq }: RelayBinding) {
  const events = last_remote_seq > 0 ? reader.events(task_id) : [];
  const idsOf = (kind: string) =>
    events.flatMap((event) =>
      event.kind === kind ? [event.data as { readonly [key: string]: unknown }] : [],
    );
  const foreign = idsOf("task.awaiting_input").flatMap(({ request_id, remote_request_id: id }) =>
    id === undefined ? [] : [[String(request_id), id === null ? null : String(id)] as const],
  );
  const answered = idsOf("task.resume_requested").map(({ request_id }) => String(request_id));
  return { foreign: new Map(foreign), answered: new Set(answered) };
}

/** A peer that answered so lately is taken to be there. */
const freshMs = 5000;
/** Of a task that shall fail when its node is down. */
const mostTries = 3;

/** @returns whether the task may be handed over; else it has ended, or shall not go on */
async function untilReachable(engine: Engine, work: Work, binding: RelayBinding): Promise<boolean> {
  const { task, over } = work;
  const { peer_id } = binding;
  const { when_offline, launch_if_down } = task.fixed.delivery;
  const waits = when_offline === "queue" && launch_if_down;
  for (let attempt = 0; !over.signal.aborted; attempt++) {
    if (relayPeer(engine, binding) === undefined) {
      failTask(engine, task, "route_not_found", noLonger(peer_id));
      return false;
    }
    const bond = engine.network.peers.bond(peer_id);
    const why = await whyUnreachable(engine, binding);
    if (over.signal.aborted) return false;
    if (why === undefined) return true;
    if (!waits && attempt + 1 >= mostTries) {
      failTask(engine, task, "runtime_unavailable", why);
      return false;
    }
    if (waits && task.status === "created") engine.log.append(task, pendingLaunch(why));
    // Looked at again at once when the peer is another.
    await rest(engine, backoffMs(attempt), AbortSignal.any([over.signal, bond]));
  }
  return false;
}

/** In a sentence that names the peer; undefined: it can be reached. */
async function whyUnreachable(engine: Engine, binding: RelayBinding): Promise<string | undefined> {
  const { network, clock } = engine;
  const { peer_id } = binding;
  const reached = network.reached.get(peer_id);
  if (reached !== undefined && clock.now() - reached < freshMs) return undefined;
  try {
    await askRelay(engine, binding, { message_type: "node.health", method: "GET", path: "/v1/node/health" });
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof PeerFault)) throw thrown;
    const named = thrown.message.startsWith(`${peer_id} `);
    return named ? thrown.message : `${peer_id} can't be reached: ${thrown.message}`;
  }
}
