/** Values of flags. */
import { UsageError } from "./usage-error.ts";

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/**
 * A duration.
 * @param text a number and ms, s, m or h; a bare number is seconds
 * @returns milliseconds
 * @throws UsageError
 */
export function durationMs(text: string): number {
  const [, number, unit = "s"] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text.trim()) ?? [];
  const ms = Math.round(Number(number) * units[unit as keyof typeof units]);
  if (number !== undefined && ms > 0) return ms;
  throw new UsageError(`${JSON.stringify(text)} is no duration; write it as 500ms, 90s, 5m or 1h`);
}

/**
 * Runtime options.
 * @param pairs `name=value` each; a value that is JSON counts as that, else it is text
 * @throws UsageError
 */
export function optionsOf(pairs: readonly string[]): { [name: string]: unknown } {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1) throw new UsageError(`${JSON.stringify(pair)} is no option; write it as name=value`);
      return [pair.slice(0, at), jsonOrText(pair.slice(at + 1))];
    }),
  );
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * An id that comes as a flag or as the first argument.
 * @throws UsageError where it is missing, or both are given and differ
 */
export function idOf(flag: string, fromFlag: string | undefined, argument: string | undefined): string {
  if (fromFlag !== undefined && argument !== undefined && fromFlag !== argument) {
    throw new UsageError(`--${flag} ${fromFlag} and ${argument} differ; give one of them`);
  }
  const id = fromFlag ?? argument;
  if (!id) throw new UsageError(`name one: as the first argument, or with --${flag}`);
  return id;
}

/**
 * A key that makes a task once.
 * @throws UsageError
 */
export function idempotencyKeyOf(text: string): string {
  if (/^[\x21-\x7e]{1,255}$/.test(text)) return text;
  throw new UsageError("--idempotency-key must be 1 to 255 visible ASCII characters");
}
