/** What happened to a task so far, as one answer in place of a stream. */
import type { StreamTaskEventsParams, TaskEvents } from "#generated/client/src/api.schemas.ts";
import { getStreamTaskEventsUrl } from "#generated/client/src/api.ts";
import { type CallOptions, call } from "#generated/client/src/call.ts";

/**
 * Reads the history of a task so far.
 * @throws AethrolinkError, UnreachableError
 */
export function getTaskHistory(
  taskId: string,
  params?: StreamTaskEventsParams,
  options: CallOptions = {},
): Promise<TaskEvents> {
  const headers = new Headers(options.headers);
  headers.set("Accept", "application/json");
  return call<TaskEvents>(getStreamTaskEventsUrl(taskId, params), { ...options, headers });
}
