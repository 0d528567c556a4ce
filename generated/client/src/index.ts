/** The client of the AethroLink control API. */
export * from "./api.schemas.ts";
export * from "./api.ts";
export type { ArtifactAnswer } from "./bytes.ts";
export type { CallOptions, ClientConfig } from "./call.ts";
export { type Client, createClient } from "./client.ts";
export { errorTable, exitCodes } from "./error-table.ts";
export { AethrolinkError, UnreachableError } from "./errors.ts";
export { getTaskHistory } from "./history.ts";
export type { Pause, RetryOptions } from "./retrying.ts";
export type { StreamOptions } from "./streams.ts";
export { type WaitOptions, waitForTask } from "./wait-for-task.ts";
