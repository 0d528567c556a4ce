/** The client of the AethroLink control API. */
export * from "#generated/client/src/api.schemas.ts";
export * from "#generated/client/src/api.ts";
export type { ArtifactAnswer } from "#generated/client/src/bytes.ts";
export type { CallOptions, ClientConfig } from "#generated/client/src/call.ts";
export { type Client, createClient } from "#generated/client/src/client.ts";
export { errorTable, exitCodes } from "#generated/client/src/error-table.ts";
export { AethrolinkError, UnreachableError } from "#generated/client/src/errors.ts";
export { getTaskHistory } from "#generated/client/src/history.ts";
export type { Pause, RetryOptions } from "#generated/client/src/retrying.ts";
export type { StreamOptions } from "#generated/client/src/streams.ts";
export { type WaitOptions, waitForTask } from "#generated/client/src/wait-for-task.ts";
