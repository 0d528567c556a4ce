/** How a task's result, whole or partial, is kept. */
import type { TaskResult } from "#contracts/tasks.ts";
import { cut } from "#src/core/bounds.ts";
import type { RunResult } from "#src/core/ports.ts";
import type { TaskChanges } from "#src/store/task-rows.ts";
import { excerptLength, largestInline, type StoredBytes } from "./artifacts.ts";
import type { Engine } from "./engine.ts";

/** A result as the end of its task holds it. */
export interface KeptResult {
  /** Bytes that are to be attached before the end is written. */
  readonly stored?: StoredBytes;
  readonly data: object;
  readonly changes: TaskChanges;
}

export const nothingKept: KeptResult = { data: {}, changes: {} };

/** Room for names, an artifact's id and the usage. */
const besideBytes = 512;
/** Three bytes a character, and a little. */
const largestExcerpt = 6400;
const excerpt = (text: string) => cut(text, excerptLength, largestExcerpt);

const saysNothing = ({ text, data, stop_reason, warning }: RunResult) =>
  text === "" && data === undefined && stop_reason === undefined && warning === undefined;

/**
 * A result as the record and the event hold it; a large one is an artifact.
 * @param beside what else the data of the event say, which take from its room
 * @returns also the stored bytes, to be attached before the end of the task is written
 */
export async function keepResult(
  engine: Engine,
  result: RunResult | undefined,
  beside: object = {},
): Promise<KeptResult> {
  if (result === undefined || saysNothing(result)) return nothingKept;
  const whole = result as TaskResult;
  const room = largestInline - besideBytes - Buffer.byteLength(JSON.stringify(beside));
  if (Buffer.byteLength(JSON.stringify(whole)) <= room) {
    return { data: { result: whole }, changes: { result: whole } };
  }
  const { data: _data, ...small } = whole;
  const [media_type, text] =
    whole.data === undefined
      ? (["text/markdown", result.text] as const)
      : (["application/json", JSON.stringify(whole)] as const);
  const stored = await engine.artifacts.store(media_type, Buffer.from(text));
  const short: TaskResult = { ...small, text: excerpt(result.text), truncated: true };
  const { artifact_id } = stored;
  return {
    stored,
    data: { result: short, result_artifact_id: artifact_id },
    changes: { result: short, result_artifact_id: artifact_id },
  };
}
