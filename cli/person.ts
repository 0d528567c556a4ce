/** A person at a terminal, who is asked in lines. */
import { createInterface } from "node:readline";
import { printable } from "./render.ts";

/** Whoever is asked. */
export interface Person {
  say(text: string): void;
  /** Reads a line; undefined: nobody answers any more. */
  read(prompt: string): Promise<string | undefined>;
}

/** Why nobody answers any more: Ctrl-C, the end of the input, or somebody made it needless. */
export type Gone = "interrupted" | "ended" | "needless";

export interface Terminal extends Person, Disposable {
  /** undefined: the person is there. */
  readonly gone: () => Gone | undefined;
}

/** Whether somebody sees what is asked, and can answer. */
export const hasPerson = () => process.stdin.isTTY === true && process.stderr.isTTY === true;

/** So long what comes in was typed before the question could be seen. */
const unseenMs = 100;

/**
 * Opens the terminal for questions, on standard error. What was typed before the first of them is no answer
 * to it, and is dropped.
 * @param needless aborted when no answer is needed any more
 */
export function openTerminal(needless: AbortSignal): Terminal {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  let gone: Gone | undefined;
  let entered: AsyncIterator<string> | undefined;
  const unseen = new Promise<void>((resolve) => setTimeout(resolve, unseenMs));
  const leave = (why: Gone) => {
    gone ??= why;
    lines.close();
  };
  lines.once("SIGINT", () => leave("interrupted"));
  lines.once("close", () => leave("ended"));
  const drop = () => leave("needless");
  needless.addEventListener("abort", drop);
  if (needless.aborted) drop();
  return {
    gone: () => gone,
    say: (text) => void process.stderr.write(`${printable(text)}\n`),
    async read(prompt) {
      await unseen;
      if (gone !== undefined) return undefined;
      entered ??= lines[Symbol.asyncIterator](); // hears only what comes from now on
      lines.setPrompt(printable(prompt));
      lines.prompt();
      const { value, done } = await entered.next();
      if (done !== true) return value;
      process.stderr.write("\n");
      return undefined;
    },
    [Symbol.dispose]() {
      needless.removeEventListener("abort", drop);
      lines.close();
    },
  };
}

/**
 * Lets a person choose by number.
 * @returns undefined: the person has left
 */
export async function choose<Item extends { readonly text: string }>(
  items: readonly Item[],
  person: Person,
): Promise<Item | undefined> {
  for (const [index, { text }] of items.entries()) person.say(`  ${index + 1}  ${text}`);
  for (;;) {
    const text = await person.read(`1 to ${items.length}: `);
    if (text === undefined) return undefined;
    const item = /^\d+$/.test(text.trim()) ? items[Number(text) - 1] : undefined;
    if (item !== undefined) return item;
  }
}
