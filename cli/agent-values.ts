/** Values of flags that say how an agent is reached. */
import { isScalar, parseDocument } from "yaml";
import { UsageError } from "./usage-error.ts";

/** Names that are separated by commas. */
export const namesOf = (text: string): string[] =>
  text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");

/**
 * Runtime options, as `name=value,name=value`; each value is a YAML scalar by itself, quoted where it
 * has a comma or shall be text.
 * @throws UsageError
 */
export function defaultsOf(text: string): { [name: string]: unknown } {
  const pairs = piecesOf(text).filter((piece) => piece.trim() !== "");
  return Object.fromEntries(
    pairs.map((piece) => {
      const at = piece.indexOf("=");
      const name = piece.slice(0, Math.max(at, 0)).trim();
      if (name === "") throw new UsageError(`${JSON.stringify(piece)} is no default; write it as name=value`);
      return [name, scalarOf(piece.slice(at + 1).trim())];
    }),
  );
}

/** Splits at the commas that are not in quotes; a quote counts where a value begins. */
function piecesOf(text: string): string[] {
  const pieces = text.match(/(?:[^,=]*=\s*(?:"(?:\\.|[^"\\])*"|'(?:''|[^'])*'))?[^,]*(?:,|$)/gs) ?? [];
  return pieces.map((piece) => piece.replace(/,$/, ""));
}

/** What YAML makes of it, where that is one plain value and JSON can carry it; else the text itself. */
function scalarOf(text: string): unknown {
  const { contents, errors, comment } = parseDocument(text);
  if (text === "") return "";
  if (errors.length > 0 || !isScalar(contents) || contents.comment || comment) return text;
  const { value } = contents;
  return typeof value === "number" && !isExact(value) ? text : value;
}

const isExact = (value: number) =>
  Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));

/**
 * A command's words as a shell would split them: quotes and backslashes, and nothing else of a shell.
 * @throws UsageError for a quote that isn't closed, or no word at all
 */
export function wordsOf(line: string): string[] {
  const word = /(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\])+/gsy;
  const words: string[] = [];
  for (let at = skip(line, 0); at < line.length; at = skip(line, word.lastIndex)) {
    word.lastIndex = at;
    const found = word.exec(line)?.[0];
    if (found === undefined || !/^\s?$/.test(line.charAt(word.lastIndex)))
      throw new UsageError(`--launch-command: a quote is not closed, or a \\ ends it: ${line}`);
    words.push(unquoted(found));
  }
  if (words.length === 0) throw new UsageError("--launch-command names no program");
  return words;
}

const skip = (line: string, from: number) => from + (/^\s*/.exec(line.slice(from))?.[0].length ?? 0);

/** Within double quotes a backslash is for these alone (POSIX, shell command language, section 2.2.3). */
const escaped = /\\([$`"\\]|\n)/g;
const charOf = (_: string, char: string) => (char === "\n" ? "" : char);

const unquoted = (word: string): string =>
  word.replaceAll(
    /'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/gs,
    (_, single?: string, double?: string, char?: string) =>
      single ?? double?.replaceAll(escaped, charOf) ?? (char === "\n" ? "" : (char ?? "")),
  );
