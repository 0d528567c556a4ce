/**
 * Following a task at another node: a stream that breaks is taken up again behind what was taken over, until
 * the task has ended or is left as it is.
 */
import { NodeTaskFrame } from "#contracts/node-tasks.ts";
import { type PeerAnswer, PeerFault, type PeerRequest } from "#src/core/network-ports.ts";
import { ended } from "#src/core/task-machine.ts";
import type { RelayBinding } from "#src/store/relays.ts";
import type { Engine } from "./engine.ts";
import { failRun } from "./fail-task.ts";
import { interruptTask } from "./interrupt-task.ts";
import { cancelRelay } from "./relay-cancel.ts";
import { takeFrame } from "./relay-frames.ts";
import {
  askRelay,
  backoffMs,
  noLonger,
  noteLink,
  type Relay,
  refusalIn,
  relayPeer,
  rest,
} from "./relay-link.ts";

/** Why there is nothing more to read; undefined: the stream only broke. */
type Lost = { readonly kind: "unknown" | "nonsense"; readonly detail: string };

/** Takes over all that the other node tells. */
export async function mirror(engine: Engine, relay: Relay): Promise<void> {
  const { task } = relay.work;
  const isOver = () => relay.over.aborted || ended(task.status) || relay.work.lost !== undefined;
  for (let attempt = 0; !isOver(); attempt++) {
    const before = relay.binding.last_remote_seq;
    const read = await readOn(engine, relay);
    if (isOver()) return;
    if (read.lost !== undefined) return endLost(engine, relay, read.lost);
    if (relay.binding.last_remote_seq > before) attempt = 0;
    noteLink(engine, relay, "broken", read.why);
    await rest(engine, backoffMs(attempt), relay.over);
  }
}

async function endLost(engine: Engine, relay: Relay, { kind, detail }: Lost): Promise<void> {
  const { task } = relay.work;
  if (kind === "unknown") {
    // What is no longer heard of may go on there.
    return interruptTask(engine, task, { interrupted: detail, timeout: detail, cancelled: null });
  }
  // An end that can't be written at once is tried again; the other node is told all the same.
  await failRun(engine, relay.work, "protocol_error", detail).catch(() => {});
  await cancelRelay(engine, relay);
}

interface Read {
  readonly lost?: Lost;
  readonly why: string;
}

const lost = (kind: Lost["kind"], detail: string): Read => ({ lost: { kind, detail }, why: detail });

/** Reads until the stream ends, however it does. */
async function readOn(engine: Engine, relay: Relay): Promise<Read> {
  const { peer_id } = relay.binding;
  if (relayPeer(engine, relay.binding) === undefined) return lost("unknown", noLonger(peer_id));
  try {
    const answer = await askRelay(engine, relay.binding, requestOf(relay.binding), relay.over);
    if (answer.status === 404)
      return lost("unknown", `${peer_id} does not know the task any more: ${refusalIn(answer)}`);
    if (answer.status === 204) return lost("nonsense", `${peer_id} has told all there is, and no end`);
    if (answer.status !== 200) return { why: refusalIn(answer) };
    noteLink(engine, relay, "restored");
    return await takeAll(engine, relay, answer.frames);
  } catch (thrown) {
    if (thrown instanceof PeerFault) return { why: thrown.message };
    throw thrown;
  }
}

function requestOf({ task_id, destination_task_id, last_remote_seq }: RelayBinding): PeerRequest {
  const of = `/v1/node/tasks/${encodeURIComponent(destination_task_id ?? "")}`;
  return {
    message_type: "task.event",
    method: "GET",
    path: `${of}/events?origin_proxy_task_id=${task_id}`,
    headers: last_remote_seq > 0 ? { "last-event-id": String(last_remote_seq) } : {},
    task_id,
  };
}

async function takeAll(engine: Engine, relay: Relay, frames: PeerAnswer["frames"]): Promise<Read> {
  for await (const { content } of frames) {
    const frame = NodeTaskFrame.safeParse(content);
    if (!frame.success) return lost("nonsense", `${relay.binding.peer_id} tells what is not understood`);
    // Something is missing: what is behind it is asked for again.
    if (frame.data.seq > relay.binding.last_remote_seq + 1) return { why: "an event is missing" };
    // It may have been blocked since the stream began.
    if (relayPeer(engine, relay.binding) === undefined) break;
    await takeFrame(engine, relay, frame.data);
    if (relay.over.aborted || ended(relay.work.task.status)) break;
  }
  return { why: "the stream ended before the task" };
}
