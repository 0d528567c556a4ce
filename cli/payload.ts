/** What a target gets. */
import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import type { TaskResumeRequest } from "@aethrolink/client";
import { UsageError } from "./usage-error.ts";

type JsonValue = TaskResumeRequest["payload"];

/** The flags that say it, as they were given. */
export interface PayloadFlags {
  readonly text?: string | undefined;
  readonly "text-file"?: string | undefined;
  readonly payload?: string | undefined;
}

/**
 * The payload of a task, out of exactly one of the flags.
 * @throws UsageError
 */
export async function payloadOf(flags: PayloadFlags): Promise<unknown> {
  const { text, "text-file": path, payload } = flags;
  if ([text, path, payload].filter((value) => value !== undefined).length !== 1) {
    throw new UsageError("say what the target gets, with one of --text, --text-file and --payload");
  }
  if (text !== undefined) return { text };
  if (path !== undefined) return { text: textIn(await bytesOf(path), path) };
  return await jsonOf(payload ?? "");
}

/**
 * What --payload says: JSON, or `@` and a file that holds it, or `-` for standard input.
 * @throws UsageError
 */
export async function jsonOf(payload: string): Promise<JsonValue> {
  const path = payload === "-" ? payload : /^@(.+)$/s.exec(payload)?.[1];
  const text = path === undefined ? payload : textIn(await bytesOf(path), path);
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError('--payload must be JSON, like \'{"text": "hello"}\'; for plain text use --text');
  }
}

/** A file's bytes; `-` is standard input, which may come slowly. */
async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    return path === "-" ? await buffer(process.stdin) : await readFile(path);
  } catch (thrown) {
    throw new UsageError(
      `${path} can't be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
    );
  }
}

/** Bytes that aren't text would arrive as other bytes. */
function textIn(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new UsageError(`${path} is no text in UTF-8`);
  }
}
