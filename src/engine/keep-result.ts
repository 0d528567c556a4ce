/** How a task's result, whole or partial, is kept. */
import type { TaskResult } from "#contracts/tasks.ts";
import type { RunResult } from "#src/core/ports.ts";
import { excerptLength, largestInline } from "./artifacts.ts";
import type { Engine } from "./engine.ts";

/** The beginning of a text, no character cut in two. */
const excerpt = (text: string) => text.slice(0, excerptLength).replace(/[\uD800-\uDBFF]$/, "");

const saysNothing = ({ text, data, stop_reason, warning }: RunResult) =>
  text === "" && data === undefined && stop_reason === undefined && warning === undefined;

/**
 * A result as the record and the event hold it; a large one is an artifact.
 * @returns also the stored bytes, to be attached before the end of the task is written
 */
export async function keepResult(engine: Engine, result: RunResult | undefined) {
  if (result === undefined || saysNothing(result)) return { data: {}, changes: {} };
  const whole = result as TaskResult;
  if (Buffer.byteLength(JSON.stringify(whole)) <= largestInline - 512) {
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
