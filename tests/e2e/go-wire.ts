/** Exchanges as data: what a program of another implementation sends, and what of the answer it goes by. */
import { request } from "node:http";
import type { Json } from "#src/core/ports.ts";

export interface Exchange {
  /** The command line, or the program, that sends it. */
  readonly by: string;
  /** Method and path; `${name}` stands for what was kept under it. */
  readonly request: string;
  /** As it goes over the wire. */
  readonly body?: string;
  readonly status: number;
  /** What the answer must have; more is allowed. Words in angle brackets say what kind of value is there. */
  readonly answer?: Json;
  /** The answer is a stream of events from the first on, which ends behind this one. */
  readonly stream?: { readonly last: string; readonly each?: Json };
  /** Names for values of the answer, by their paths. */
  readonly keep?: { readonly [name: string]: string };
  /** The state in which the kept task must be before it goes on. */
  readonly until?: string;
}

export interface Scene {
  readonly name: string;
  readonly exchanges: readonly Exchange[];
}

/** Puts what was kept into a text. */
export function filledIn(text: string, kept: ReadonlyMap<string, string>): string {
  return text.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = kept.get(name);
    if (value === undefined) throw new Error(`nothing was kept as ${name}`);
    return value;
  });
}

/** Sends a request with the headers of Go's client, and nothing else. */
export function send(
  url: string,
  line: string,
  body: string | undefined,
): Promise<{ status: number; type: string; text: string }> {
  const [method = "", path = ""] = line.split(" ");
  const posted = method === "POST" ? { "content-length": Buffer.byteLength(body ?? "") } : {};
  const headers = {
    "user-agent": "Go-http-client/1.1",
    ...posted,
    ...(body === undefined ? {} : { "content-type": "application/json" }),
  };
  return new Promise((resolve, reject) => {
    const sent = request(url + path, { method, headers }, (answer) => {
      const parts: string[] = [];
      answer.setEncoding("utf8").on("data", (part: string) => parts.push(part));
      answer.on("error", reject);
      answer.on("end", () =>
        resolve({
          status: answer.statusCode ?? 0,
          type: answer.headers["content-type"] ?? "",
          text: parts.join(""),
        }),
      );
    });
    sent.on("error", reject).end(body);
  });
}

/** The value at a dotted path, as text. */
export function valueAt(answer: Json, path: string): string {
  const value = path.split(".").reduce<Json | undefined>((at, name) => fieldsOf(at)[name], answer);
  if (typeof value !== "string") throw new Error(`the answer has no text at ${path}`);
  return value;
}

function fieldsOf(value: Json | undefined): { readonly [name: string]: Json | undefined } {
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

const kinds: { readonly [word: string]: (value: Json | undefined) => boolean } = {
  "<absent>": (value) => value === undefined || value === null,
  "<text>": (value) => typeof value === "string" && value !== "",
  "<ulid>": (value) => typeof value === "string" && /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(value),
  "<time>": (value) => typeof value === "string" && /^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/.test(value),
  "<open>": (value) => typeof value === "string" && !["completed", "failed", "cancelled"].includes(value),
};

/** Where an answer differs from what is wanted of it, one line each. */
export function differences(wanted: Json, found: Json | undefined, at = "answer"): string[] {
  const told = () => [`${at}: wanted ${JSON.stringify(wanted)}, found ${JSON.stringify(found)}`];
  if (typeof wanted === "string" && kinds[wanted] !== undefined) return kinds[wanted](found) ? [] : told();
  if (typeof wanted !== "object" || wanted === null || Array.isArray(wanted)) {
    return JSON.stringify(wanted) === JSON.stringify(found) ? [] : told();
  }
  if ("<has>" in wanted || "<lacks>" in wanted || "<count>" in wanted)
    return inList(wanted, found) ? [] : told();
  if (found === undefined || typeof found !== "object" || found === null) return told();
  return Object.entries(wanted).flatMap(([name, inner]) =>
    inner === undefined ? [] : differences(inner, fieldsOf(found)[name], `${at}.${name}`),
  );
}

function inList(wanted: { readonly [word: string]: Json | undefined }, found: Json | undefined): boolean {
  if (!Array.isArray(found)) return false;
  if ("<count>" in wanted) return found.length === wanted["<count>"];
  const like = wanted["<has>"] ?? wanted["<lacks>"] ?? null;
  const has = found.some((member) => differences(like, member).length === 0);
  return "<has>" in wanted ? has : !has;
}
