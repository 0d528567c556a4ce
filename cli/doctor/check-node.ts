/** The node and the token for it. */
import {
  AethrolinkError,
  type CallOptions,
  listAgents,
  listPeers,
  listTokens,
  ping,
} from "@aethrolink/client";
import type { Connection } from "../connection.ts";
import { bad, type Found, ok, warn } from "./finding.ts";

export type NodeCall = CallOptions & { readonly baseUrl: string };

const toStart = "start one with `npm start` or `npx alink-node`, or name another with --server or --data-dir";

/** Whether a node answers. */
export async function checkNode(call: NodeCall): Promise<Found> {
  try {
    const { version } = await ping(call);
    return ok("node", `AethroLink ${version} answers at ${call.baseUrl}`);
  } catch (thrown) {
    return bad("node", textOf(thrown), toStart);
  }
}

/** Who the caller is at the node: a process is one that the node started; undefined: nobody. */
export type Role = "operator" | "reader" | "agent" | "process" | undefined;

const acceptedAs = {
  operator: "as the operator's",
  reader: "but may only read",
  agent: "as an agent's",
  process: "as that of a process which the node started",
};

/** Whether the token is accepted, and as whose. */
export async function checkToken(
  { token, tokenFrom }: Connection,
  call: NodeCall,
): Promise<{ found: Found; role: Role }> {
  const from = tokenFrom === undefined ? "none was found" : `that of ${tokenFrom}`;
  try {
    const role = await roleOf(call);
    return { found: acceptedFound(role, token === undefined, from), role };
  } catch (thrown) {
    if (!(thrown instanceof AethrolinkError)) throw thrown;
    const advice =
      "set AETHROLINK_TOKEN or --token-file, or --data-dir to the data directory of the node, run by its user";
    return { found: bad("token", `${from}; ${thrown.detail}`, advice), role: undefined };
  }
}

function acceptedFound(role: keyof typeof acceptedAs, isOpen: boolean, from: string): Found {
  const says = `${from} is accepted, ${acceptedAs[role]}`;
  if (role !== "operator")
    return warn(
      "token",
      says,
      "give the operator's to have the targets looked at: operator.token of the node's data directory",
    );
  if (!isOpen) return ok("token", says);
  return warn("token", "none is needed: everybody on this machine is the operator (--auth none)");
}

/** By what the node shows: tokens to the operator alone, peers to readers too, agents to all but processes. */
async function roleOf(call: NodeCall): Promise<keyof typeof acceptedAs> {
  if (await isShown(listTokens(call))) return "operator";
  if (await isShown(listPeers(call))) return "reader";
  return (await isShown(listAgents(call))) ? "agent" : "process";
}

async function isShown(answer: Promise<unknown>): Promise<boolean> {
  try {
    await answer;
    return true;
  } catch (thrown) {
    if (thrown instanceof AethrolinkError && thrown.code === "forbidden") return false;
    throw thrown;
  }
}

/** The text of anything that was thrown. */
export function textOf(thrown: unknown): string {
  if (thrown instanceof AethrolinkError) return `${thrown.detail} (${thrown.code})`;
  return thrown instanceof Error ? thrown.message : String(thrown);
}
