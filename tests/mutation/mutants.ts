/** All the small changes of a source text that a test should see. */

export interface Mutant {
  readonly line: number;
  /** What stands there, and what takes its place. */
  readonly from: string;
  readonly to: string;
  readonly source: string;
}

interface Operator {
  readonly find: RegExp;
  /** What may take the place of what was found. */
  readonly to: (found: string) => readonly string[];
}

const swaps: { readonly [text: string]: readonly string[] } = {
  "===": ["!=="],
  "!==": ["==="],
  "&&": ["||"],
  "||": ["&&"],
  " > 0": [" >= 0", " > 1", " < 0"],
  " > 1": [" >= 1", " > 0", " > 2"],
  "=== 1": ["=== 0", "=== 2", ">= 1"],
  " ? ": [],
  true: ["false"],
  false: ["true"],
};

/** Names of statuses that may stand for another. */
const statuses = [
  "created",
  "pending_launch",
  "launching",
  "ready",
  "dispatching",
  "running",
  "awaiting_input",
  "completed",
  "failed",
  "cancelled",
];

const swapped: readonly Operator[] = Object.entries(swaps).map(([text, to]) => ({
  find: new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"), "g"),
  to: () => to,
}));

const operators: readonly Operator[] = [
  ...swapped,
  // A step leads elsewhere, or stays.
  {
    find: /to: "(\w+)"/g,
    to: (found) => ["same", ...statuses].map((to) => `to: "${to}"`).filter((to) => to !== found),
  },
  // A condition is gone, or another.
  { find: /, cancel: "\w+"|\n\s+cancel: "\w+",/g, to: () => [""] },
  { find: /, open: "\w+"|\n\s+open: "\w+",/g, to: () => [""] },
  { find: /cancel: "none"/g, to: () => ['cancel: "asked"'] },
  { find: /cancel: "asked"/g, to: () => ['cancel: "none"'] },
  { find: /open: "one"/g, to: () => ['open: "several"', 'open: "some"'] },
  { find: /open: "several"/g, to: () => ['open: "one"', 'open: "some"'] },
  { find: /open: "some"/g, to: () => ['open: "one"', 'open: "several"'] },
  // A list of statuses lacks one, has one more, or is another.
  {
    find: /(?<=from: |= )\[[^\]]*"[^\]]*\]|(?<== )\[\.\.\.[^\]]*\]/g,
    to(found) {
      const members = found.slice(1, -1).split(", ");
      const without = members.map((_, n) => `[${members.filter((__, other) => other !== n).join(", ")}]`);
      // What a list takes over from others has most of them already.
      const more = found.includes("...") ? ["completed", "failed", "cancelled"] : statuses;
      const added = more.map((status) => `"${status}"`).filter((status) => !members.includes(status));
      return [...without, ...added.map((status) => `[${[...members, status].join(", ")}]`)];
    },
  },
  { find: /from: (queued|handedOver|anyOpen)/g, to: (found) => othersOf(found) },
  // A whole step is gone.
  { find: /\{ what: "[^\n]*\},?(?=[\n\]])/g, to: () => [""] },
  // A function gives what it was asked with, or nothing.
  {
    find: /return step\.to === "same" \? task\.status : step\.to/g,
    to: () => ["return task.status", "return step.to"],
  },
  {
    find: /if \(step === undefined\) return undefined;/g,
    to: () => ["if (step === undefined) return task.status;"],
  },
  { find: /find\(\(candidate\)/g, to: () => ["findLast((candidate)"] },
  { find: /"(caller|parent)"/g, to: () => ['"timeout"'] },
  { find: /\.includes\((task\.)?status\)/g, to: (found) => [`${found} === false`] },
];

function othersOf(found: string): string[] {
  return ["queued", "handedOver", "anyOpen", "[]"]
    .map((name) => `from: ${name}`)
    .filter((to) => to !== found);
}

/** The table and what follows it: not the imports, the types, or the words. */
const isCode = (source: string, at: number) => {
  const line = source.slice(source.lastIndexOf("\n", at) + 1, source.indexOf("\n", at));
  return at > source.indexOf("const queued") && !/^\s*(\/\/|\*|\/\*)/.test(line);
};

/** @param source of a module whose table begins with `const queued` */
export function mutantsOf(source: string): Mutant[] {
  return operators.flatMap(({ find, to }) =>
    [...source.matchAll(find)]
      .filter(({ index }) => isCode(source, index))
      .flatMap(({ 0: from, index }) =>
        to(from).map((text) => ({
          line: source.slice(0, index).split("\n").length,
          from,
          to: text,
          source: source.slice(0, index) + text + source.slice(index + from.length),
        })),
      ),
  );
}
