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
}

const usualUrl = "http://127.0.0.1:7777";

/** Finds the node and the token for it. */
export function findConnection({ server, tokenFile, dataDir, env }: ConnectionSources): Connection {
  const directory = expandHome(dataDir ?? (env["AETHROLINK_DATA_DIR"] || "~/.aethrolink"));
  const known = nodeOf(directory);
  const baseUrl = checkedUrl(server ?? (env["AETHROLINK_SERVER"] || (known?.url ?? usualUrl)));
  const isOwn = known !== undefined && sameOrigin(known.url, baseUrl) && runs(known.pid);
  const own = isOwn ? join(directory, "operator.token") : undefined;
  return { baseUrl, token: env["AETHROLINK_TOKEN"] || tokenIn(tokenFile, own) };
}

/** `~` is not always the shell's to expand: `--data-dir=~/x` comes as it is. */
export const expandHome = (path: string) => resolve(path.replace(/^~(?=\/|$)/, homedir()));

/** What the node of a data directory has written down of itself. */
function nodeOf(directory: string): { url: string; pid: unknown } | undefined {
  const text = textIfThere(join(directory, "node.json"));
  if (text === undefined) return undefined;
  try {
    const { url, pid } = JSON.parse(text) as { url?: unknown; pid?: unknown };
    return typeof url === "string" ? { url, pid } : undefined;
  } catch {
    throw new UsageError(
      `${join(directory, "node.json")} is damaged; restart the node, or name it with --server`,
    );
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

const sameOrigin = (a: string, b: string) => URL.canParse(a) && new URL(a).origin === new URL(b).origin;

function tokenIn(named: string | undefined, own: string | undefined): string | undefined {
  if (named === undefined) return own === undefined ? undefined : textIfThere(own)?.trim();
  const text = textIfThere(expandHome(named));
  if (text === undefined) throw new UsageError(`the token file ${named} can't be read`);
  return text.trim();
}

function textIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
