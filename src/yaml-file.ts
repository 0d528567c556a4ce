/** YAML files whose mistakes are told with line and column. */
import { readFileSync } from "node:fs";
import { type Document, isNode, LineCounter, parseDocument, visit } from "yaml";
import type { z } from "zod";
import { messageOf, StartError } from "./errors.ts";

/** A mistake at a place of a file. */
export interface Mistake {
  /** Keys and indexes from the top of the document. */
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

export interface YamlFile<T> {
  readonly value: T;
  /** `file:line:column` of a place, or of the nearest place above it. */
  where(path: readonly PropertyKey[]): string;
}

/**
 * Reads a file and checks it whole.
 * @param path absolute, or relative to the working directory
 * @param more what the schema can't say
 * @throws StartError 78 with every mistake and its position
 */
export function readYaml<S extends z.ZodType>(
  path: string,
  schema: S,
  more: (value: z.output<S>) => Mistake[],
): YamlFile<z.output<S>> {
  const lines = new LineCounter();
  // What the library would warn of is a key that the schema doesn't know.
  const document = parseDocument(readText(path), {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: "error",
  });
  const broken = (offset: number, message: string, cause?: unknown) =>
    mistaken(path, [{ place: lines.linePos(offset), mistake: { path: [], message } }], cause);
  const [error] = document.errors;
  if (error !== undefined) throw broken(error.pos[0], error.message);
  const placeOf = (place: readonly PropertyKey[]) => lines.linePos(offsetOf(document, place));
  const parsed = schema.safeParse(contentOf(document, broken) ?? {});
  const mistakes = parsed.success ? more(parsed.data) : parsed.error.issues.flatMap(mistakesOfIssue);
  if (mistakes.length > 0) {
    throw mistaken(
      path,
      mistakes.map((mistake) => ({ place: placeOf(mistake.path), mistake })),
    );
  }
  const where = (place: readonly PropertyKey[]) => positionIn(path, placeOf(place));
  return { value: parsed.data as z.output<S>, where };
}

/** What a document holds; what its aliases stand for is looked up only now. */
function contentOf(
  document: Document,
  broken: (offset: number, message: string, cause: unknown) => StartError,
): unknown {
  try {
    return document.toJS();
  } catch (thrown) {
    throw broken(placeOfAlias(document), messageOf(thrown), thrown);
  }
}

/** Where the first alias is that stands for nothing, else where the first alias is. */
function placeOfAlias(document: Document): number {
  let first: number | undefined;
  let unresolved: number | undefined;
  visit(document, {
    Alias(_key, alias) {
      const offset = alias.range?.[0] ?? 0;
      first ??= offset;
      if (alias.resolve(document) === undefined) unresolved ??= offset;
    },
  });
  return unresolved ?? first ?? 0;
}

interface Place {
  readonly line: number;
  readonly col: number;
}

const positionIn = (path: string, { line, col }: Place) => `${path}:${line}:${col}`;

function mistaken(
  path: string,
  found: readonly { readonly place: Place; readonly mistake: Mistake }[],
  cause?: unknown,
): StartError {
  const lines = found.map(({ place, mistake }) => `${positionIn(path, place)}: ${textOf(mistake)}`);
  const mistakes = found.map(({ place: { line, col }, mistake }) => ({
    path: mistake.path.join("."),
    message: `line ${line}, column ${col}: ${mistake.message}`,
  }));
  return new StartError("config", lines.join("\n"), { mistakes, cause });
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (thrown) {
    throw new StartError("config", `${path} can't be read: ${messageOf(thrown)}`, { cause: thrown });
  }
}

/** A key that isn't known is shown where it stands, not where its map begins. */
export function mistakesOfIssue(issue: z.core.$ZodIssue): Mistake[] {
  if (issue.code !== "unrecognized_keys") return [{ path: issue.path, message: issue.message }];
  return issue.keys.map((key) => ({ path: [...issue.path, key], message: "is not known here" }));
}

const textOf = ({ path, message }: Mistake) =>
  path.length === 0 ? message : `${path.join(".")}: ${message}`;

/** Where the key of a place begins; where there is none, the nearest that there is above it. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const pair = pairOf(parent, path[length - 1]);
    if (pair !== undefined) return pair;
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}

function pairOf(parent: unknown, key: PropertyKey | undefined): number | undefined {
  const items = (parent as { items?: unknown } | null)?.items;
  if (!Array.isArray(items)) return undefined;
  for (const { key: name } of items as { key?: { value?: unknown; range?: [number, number, number] } }[]) {
    if (name?.value === key && name?.range) return name.range[0];
  }
  return undefined;
}
