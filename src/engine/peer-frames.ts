/**
 * The events of a task as frames for the node that gave it.
 *
 * 1. What a runtime says, and what it made, is told as it is.
 * 2. What this node says of a runtime is told by its kind and code, in words that know of no target: how a
 *    target is started and reached, what it is given, and what went wrong with that is for this node's own
 *    people. So it stays hidden whatever the registry says when it is asked for.
 */
import type { FailureReason, TaskEventKind } from "#contracts/enums.ts";
import type { TaskEvent } from "#contracts/events.ts";

type Data = { readonly [key: string]: unknown };

/** What a task's end is called to other nodes. */
const failures: { readonly [Reason in FailureReason]: string } = {
  route_not_found: "its target is not there any more",
  route_ambiguous: "more than one target would do",
  runtime_unavailable: "its runtime is not available",
  launch_failed: "its runtime could not be started",
  submit_failed: "its runtime did not take the work",
  protocol_error: "its runtime said what is not understood",
  remote_failed: "its runtime failed",
  resume_failed: "it is not known what came of an answer",
  cancel_failed: "its runtime did not confirm a cancel",
  timeout: "its time was over",
  interrupted: "the work was interrupted",
  internal_error: "the node had an error of its own",
};

const failureText = (reason: unknown): string => {
  const text = Object.entries(failures).find(([name]) => name === reason)?.[1] ?? "it failed";
  return `${text}; the node that it ran at knows more`;
};

const madeOf = ({ result, result_artifact_id, usage }: Data): Data => ({ result, result_artifact_id, usage });

/** What is told of the kinds that this node makes; those that aren't here are told as they are. */
const told: { readonly [Kind in TaskEventKind]?: (data: Data) => { message?: string; data: Data } } = {
  "task.created": ({ actor }) => ({ data: { actor } }),
  "task.routed": ({ resolved_runtime }) => ({ data: { resolved_runtime } }),
  "runtime.pending_launch": () => {
    const reason = "its runtime is not up yet, or has no place free";
    return { message: reason, data: { reason } };
  },
  "runtime.launching": () => ({ data: {} }),
  "runtime.ready": () => ({ data: {} }),
  "runtime.health": ({ healthy, queue_position }) => ({ data: { healthy, queue_position } }),
  "task.running": ({ remote_execution_id, remote_session_id, continuity }) => ({
    data: { remote_execution_id, remote_session_id, continuity },
  }),
  // Who acts here, and why, is this node's own.
  "task.cancel_requested": ({ by }) => ({ data: { by } }),
  "task.resume_requested": ({ request_id }) => ({ data: { request_id } }),
  "task.failed": ({ reason, ...made }) => {
    const detail = failureText(reason);
    return { message: detail, data: { ...madeOf(made), reason, detail } };
  },
  "task.cancelled": (made) => ({ data: madeOf(made) }),
};

/** An event as far as another node learns of it. */
export function toldOf({ kind, message, data }: Pick<TaskEvent, "kind" | "message" | "data">) {
  return told[kind]?.(data as Data) ?? { ...(message === undefined ? {} : { message }), data: data as Data };
}

/** A line that a reader of a few KB can still take. */
const longestLine = 60 * 1024;

/** Frames of this node's own streams as those of the node protocol. */
export const framesOf = (about: object, bytes: Uint8Array): Uint8Array =>
  Buffer.from(
    eventsIn(bytes)
      .map((event) => frameText(about, event))
      .join(""),
  );

function eventsIn(bytes: Uint8Array): TaskEvent[] {
  const lines = Buffer.from(bytes).toString("utf8").split("\n");
  return lines.flatMap((line) => (line.startsWith("data: ") ? [JSON.parse(line.slice(6)) as TaskEvent] : []));
}

function frameText(about: object, event: TaskEvent): string {
  const { seq, kind, state, source, created_at } = event;
  const shown = toldOf(event);
  const whole = {
    ...about,
    seq,
    kind,
    state,
    source,
    ...shown,
    ...remoteIds(shown.data),
    occurred_at: created_at,
  };
  const line = JSON.stringify(whole);
  const short =
    Buffer.byteLength(line) > longestLine ? JSON.stringify({ ...whole, message: undefined }) : line;
  return `event: task.event\nid: ${seq}\ndata: ${short}\n\n`;
}

function remoteIds({ remote_execution_id, remote_session_id }: Data) {
  return {
    ...(typeof remote_execution_id === "string" ? { remote_execution_id } : {}),
    ...(typeof remote_session_id === "string" ? { remote_session_id } : {}),
  };
}
