/**
 * Which node a command speaks to, and with which token.
 *
 * 1. A token from the data directory goes only to the node of that directory: to the address in its
 *    node.json, and to no other; not even there when that node has gone, since another program may
 *    listen at its port now.
 */
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { UsageError } from "./usage-error.ts";

/** Where to look; each part as it was given. */
export interface ConnectionSources {
  readonly server?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly dataDir?: string | undefined;
  readonly env: { readonly [name: string]: string | undefined };
}

export interface Connection {
  readonly baseUrl: string;
  /** Undefined: none is known for this address. */
  readonly token: string | undefined;
  /** Where the token comes from: a variable, or a file's path. */
  readonly tokenFrom: string | undefined;
}

const usualUrl = "http://127.0.0.1:7777";

/** Finds the node and the token for it. */
export function findConnection({ server, tokenFile, dataDir, env }: ConnectionSources): Connection {
  const directory = dataDirectory(dataDir, env);
  const named = server ?? (env["AETHROLINK_SERVER"] || undefined);
  const known = named === undefined ? nodeOf(directory) : nodeIfSound(directory);
  const baseUrl = checkedUrl(named ?? known?.url ?? usualUrl);
  const isOwn = known !== undefined && sameOrigin(known.url, baseUrl) && runs(known.pid);
  const own = isOwn ? join(directory, "operator.token") : undefined;
  const given = givenToken(env["AETHROLINK_TOKEN"]);
  if (given !== undefined) return { baseUrl, token: given, tokenFrom: "AETHROLINK_TOKEN" };
  const token = tokenIn(tokenFile, own);
  return { baseUrl, token, tokenFrom: token === undefined ? undefined : (tokenFile ?? own) };
}

/** The data directory that a command is told of. */
export const dataDirectory = (dataDir: string | undefined, env: ConnectionSources["env"]) =>
  expandHome(dataDir ?? (env["AETHROLINK_DATA_DIR"] || "~/.aethrolink"));

/** `~` is not always the shell's to expand: `--data-dir=~/x` comes as it is. */
export const expandHome = (path: string) => resolve(path.replace(/^~(?=\/|$)/, homedir()));

interface KnownNode {
  readonly url: string;
  readonly pid: unknown;
}

/**
 * What the node of a data directory has written down of itself.
 * @throws UsageError where that can't be read
 */
function nodeOf(directory: string): KnownNode | undefined {
  const path = join(directory, "node.json");
  const text = textIfThere(path);
  if (text === undefined) return undefined;
  const known = parseNode(text);
  if (known !== undefined) return known;
  throw new UsageError(`${path} is damaged; restart the node, or name it with --server`);
}

/** The same where another node may be meant, so that what can't be read is no mistake. */
function nodeIfSound(directory: string): KnownNode | undefined {
  try {
    return nodeOf(directory);
  } catch (thrown) {
    if (thrown instanceof UsageError) return undefined;
    throw thrown;
  }
}

function parseNode(text: string): KnownNode | undefined {
  try {
    const { url, pid } = JSON.parse(text) as { url?: unknown; pid?: unknown };
    return typeof url === "string" && URL.canParse(url) ? { url, pid } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a process runs; one of another user does, too. */
function runs(pid: unknown): boolean {
  if (typeof pid !== "number") return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === "EPERM";
  }
}

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:")
    return url.origin + url.pathname.replace(/\/+$/, "");
  throw new UsageError(`${JSON.stringify(text)} is no address of a node; it looks like ${usualUrl}`);
}

const sameOrigin = (a: string, b: string) => new URL(a).origin === new URL(b).origin;

const givenToken = (text: string | undefined) => (text ? checkedToken(text, "AETHROLINK_TOKEN") : undefined);

function tokenIn(named: string | undefined, own: string | undefined): string | undefined {
  const path = named === undefined ? own : expandHome(named);
  if (path === undefined) return undefined;
  const text = textIfThere(path);
  if (text !== undefined) return checkedToken(text, path);
  if (named === undefined) return undefined;
  throw new UsageError(`the token file ${named} can't be read`);
}

/** What came from where it should not may be a secret, too: it is never shown. */
function checkedToken(text: string, from: string): string {
  const token = text.trim();
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new UsageError(`${from} holds no token; a token is one line of letters, digits and signs`);
}

/** @throws UsageError for a file that may be there, and can't be read */
function textIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (thrown) {
    const { code, message } = thrown as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new UsageError(`${path} can't be read: ${message}`);
  }
}
