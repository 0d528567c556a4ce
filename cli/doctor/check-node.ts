/** The node and the token for it. */
import { AethrolinkError, type CallOptions, listTokens, ping } from "@aethrolink/client";
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

/** Who the caller is at the node; undefined: nobody. */
export type Role = "operator" | "reader" | undefined;

/** Whether the token is accepted, and as whose. */
export async function checkToken(
  { token, tokenFrom }: Connection,
  call: NodeCall,
): Promise<{ found: Found; role: Role }> {
  const from = tokenFrom === undefined ? "none was found" : `that of ${tokenFrom}`;
  try {
    await listTokens(call);
    const open = warn("token", "none is needed: everybody on this machine is the operator (--auth none)");
    const found = token === undefined ? open : ok("token", `${from} is accepted, as the operator's`);
    return { found, role: "operator" };
  } catch (thrown) {
    if (!(thrown instanceof AethrolinkError)) throw thrown;
    if (thrown.code === "forbidden") {
      const found = warn(
        "token",
        `${from} is accepted, but may only read`,
        "give the operator's to have the targets looked at: operator.token of the node's data directory",
      );
      return { found, role: "reader" };
    }
    const advice =
      "set AETHROLINK_TOKEN or --token-file, or --data-dir to the data directory of the node, run by its user";
    return { found: bad("token", `${from}; ${thrown.detail}`, advice), role: undefined };
  }
}

/** The text of anything that was thrown. */
export function textOf(thrown: unknown): string {
  if (thrown instanceof AethrolinkError) return `${thrown.detail} (${thrown.code})`;
  return thrown instanceof Error ? thrown.message : String(thrown);
}
