/** What a model that always answers the same says, in no API's words. */

/** What a runtime asked. */
export interface Asked {
  /** What the user said in this conversation, oldest first; a paragraph is a saying, since runtimes join some. */
  readonly users: readonly string[];
  /** What a tool gave back since the user's latest words; undefined: none was called. */
  readonly toolResult: string | undefined;
  /** The tools that the model may call. */
  readonly tools: readonly string[];
  /** A runtime's question of its own, beside the conversation. */
  readonly aside: boolean;
}

/** What it is answered. */
export type Reply =
  | { readonly kind: "words"; readonly pieces: readonly string[]; readonly pauseMs: number }
  | { readonly kind: "tool"; readonly name: string; readonly command: string }
  | { readonly kind: "failure"; readonly status: number }
  | { readonly kind: "silence" };

/** The name by which a runtime offers its shell. */
const shells = ["terminal", "exec", "run_shell_command"];

const slowly = 40;

/** The reply to what was asked; `meeting` holds back those who wait for each other. */
export async function replyTo(asked: Asked, meeting: (size: number) => Promise<void>): Promise<Reply> {
  const said = asked.users.at(-1) ?? "";
  if (asked.aside) return words(["A", " title"]);
  if (asked.toolResult !== undefined) return words([`the tool said: ${asked.toolResult}`]);
  const [, mode = "", rest = ""] = /^([A-Z]+)(?:[: ] ?([\s\S]*))?$/.exec(said) ?? [];
  const count = Number.parseInt(rest, 10);
  if (mode === "HISTORY") return words(inPieces(asked.users.slice(0, -1).join(" | ") || "nothing"));
  if (mode === "SLOW")
    return words(
      Array.from({ length: count }, (_, index) => `w${index} `),
      slowly,
    );
  if (mode === "FAIL") return { kind: "failure", status: count };
  if (mode === "HANG") return { kind: "silence" };
  if (mode === "RUN") return { kind: "tool", name: shellOf(asked.tools), command: rest };
  if (mode === "MEET") await meeting(count);
  const exactly = /^Say exactly ([\s\S]*)$/.exec(said)?.[1];
  return words(inPieces(exactly ?? `echo: ${said}`));
}

const words = (pieces: readonly string[], pauseMs = 0): Reply => ({ kind: "words", pieces, pauseMs });

function shellOf(tools: readonly string[]): string {
  const found = shells.find((name) => tools.includes(name));
  if (found === undefined) throw new Error(`none of these is a shell: ${tools.join(", ")}`);
  return found;
}

/** As a model sends it: by a few letters at a time. */
function inPieces(text: string): string[] {
  return text.match(/[\s\S]{1,6}/gu) ?? [];
}

/** A token is a word. Only the latest words of the user count, so that a turn's cost doesn't hang on its history. */
export function tokensOf(
  said: string,
  answered: string,
): { readonly input: number; readonly output: number } {
  const wordsIn = (text: string) => text.trim().split(/\s+/).length;
  return { input: wordsIn(said), output: wordsIn(answered) };
}
