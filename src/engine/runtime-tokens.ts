/**
 * Tokens of the processes that the node starts: each is valid from its launch to the end of its process,
 * stands in memory alone, and is told to nobody but that process.
 */
import type { TokenStore } from "#src/store/tokens.ts";
import { newTokenText } from "./tokens.ts";

export interface RuntimeTokens {
  /** Makes the token of a launch. */
  give(launch: { launch_id: string; runtime_id: string }): string;
  /** The process has gone, with all that it left. */
  takeBack(launch_id: string): void;
  /** All that are valid now: what must not be shown of what a process prints. */
  texts(): readonly string[];
}

/** No process has one yet. */
export function openRuntimeTokens({ lend }: Pick<TokenStore, "lend">): RuntimeTokens {
  const given = new Map<string, { readonly text: string; readonly end: () => void }>();
  return {
    give({ launch_id, runtime_id: target_id }) {
      const text = newTokenText();
      const end = lend(text, { kind: "runtime", name: `runtime:${target_id}`, target_id, launch_id });
      given.set(launch_id, { text, end });
      return text;
    },
    takeBack(launch_id) {
      given.get(launch_id)?.end();
      given.delete(launch_id);
    },
    texts: () => [...given.values()].map(({ text }) => text),
  };
}
