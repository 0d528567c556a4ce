/** The quirks of runtimes, as data. What can't be said here is another adapter. */
import type { TokensOf } from "./usage.ts";

export interface Dialect {
  /** One process for each executor, or one for the whole target. */
  readonly process: "executor" | "target";
  /** Put before a prompt that would be taken as a command of the runtime. */
  readonly slash_guard: string;
  /** What the tokens that a prompt's answer tells of are counted over. */
  readonly tokens_of: TokensOf;
}

const generic: Dialect = { process: "target", slash_guard: "\n", tokens_of: "turn" };

const dialects: { readonly [name: string]: Dialect } = {
  generic,
  // It trims a prompt before it looks for a slash.
  hermes: { process: "executor", slash_guard: "Text: ", tokens_of: "session" },
  openclaw: { process: "target", slash_guard: "\n", tokens_of: "turn" },
};

/** The row of a dialect; an unknown name gets the generic one. */
export function dialectOf(name: string): Dialect {
  return (Object.hasOwn(dialects, name) ? dialects[name] : undefined) ?? generic;
}
