/** Answers that are bytes. */
import { type Call, reach, send } from "./call.ts";

/** The bytes of an artifact, or of a part of it. */
export interface ArtifactAnswer {
  /** 304: you have it already, and `bytes` is empty. */
  readonly status: 200 | 206 | 304;
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly etag: string | undefined;
  /** Which bytes these are, where a range was asked for. */
  readonly contentRange: string | undefined;
}

/**
 * Sends a request whose answer is bytes.
 * @throws AethrolinkError, UnreachableError
 */
export async function callForBytes<_Bytes>(path: string, options?: Call): Promise<ArtifactAnswer> {
  const response = await send(path, options);
  const buffer = await reach(response.url || path, options?.signal, () => response.arrayBuffer());
  return {
    status: response.status as ArtifactAnswer["status"],
    bytes: new Uint8Array(buffer),
    mediaType: response.headers.get("Content-Type") ?? "application/octet-stream",
    etag: response.headers.get("ETag") ?? undefined,
    contentRange: response.headers.get("Content-Range") ?? undefined,
  };
}
