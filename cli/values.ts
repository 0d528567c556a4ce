/** Values of flags. */
import { readFileSync } from "node:fs";
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

interface PayloadFlags {
  readonly text?: string | undefined;
  readonly "text-file"?: string | undefined;
  readonly payload?: string | undefined;
}

/**
 * The payload of a task: exactly one of the flags, or the words behind the command.
 * @throws UsageError
 */
export function payloadOf(flags: PayloadFlags): unknown {
  const given = [flags.text, flags["text-file"], flags.payload].filter((value) => value !== undefined);
  if (given.length !== 1) {
    throw new UsageError("say what the target gets, with one of --text, --text-file and --payload");
  }
  if (flags.text !== undefined) return { text: flags.text };
  if (flags["text-file"] !== undefined) return { text: textOfFile(flags["text-file"]) };
  try {
    return JSON.parse(flags.payload ?? "");
  } catch {
    throw new UsageError('--payload must be JSON, like \'{"text": "hello"}\'; for plain text use --text');
  }
}

/** A file's text; `-` is standard input. */
function textOfFile(path: string): string {
  try {
    return readFileSync(path === "-" ? 0 : path, "utf8");
  } catch (thrown) {
    throw new UsageError(
      `${path} can't be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
    );
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
