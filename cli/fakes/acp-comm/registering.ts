/**
 * How the fake registers with a node and stays registered, by the client alone, as any program of its kind would.
 *
 * 1. Its id never changes: it registers again only where the node says that it has no such agent.
 * 2. The node is looked for anew at each call: one that was started again may answer elsewhere.
 */
import { AethrolinkError, type AgentAnswer, type Client, createClient } from "@aethrolink/client";
import { beatOn } from "../../beats.ts";
import { findConnection } from "../../connection.ts";

/** What it says of itself. */
export interface About {
  readonly agent_id: string;
  readonly endpoint: string;
  readonly dialect: string;
  readonly capabilities: string[];
  readonly lease_ttl_seconds: number;
}

/** How long the node is given to take it out. */
const partingMs = 2000;

/** The node that alink-cli would speak to. */
const node = (signal: AbortSignal): Client => {
  const { baseUrl, token } = findConnection({ env: process.env });
  return createClient({ baseUrl, token, signal });
};

/**
 * Registers, and sends heartbeats until the signal.
 * @param say tells people how it stands
 * @throws what the node says for certain, such as that the name is taken
 */
export async function stayRegistered(
  about: About,
  say: (words: string) => void,
  signal: AbortSignal,
): Promise<void> {
  let isRegistered = false;
  await beatOn({
    everyMs: (about.lease_ttl_seconds * 1000) / 3,
    signal,
    beat: async () =>
      (isRegistered ? await extend(about, signal) : undefined) ?? register(about, say, signal),
    told({ agent }) {
      if (!isRegistered) say(`is registered as ${agent.agent_id}`);
      isRegistered = true;
    },
    failed: (thrown, againMs) => say(`isn't heard: ${thrown.message}; again in ${againMs / 1000} s`),
  });
}

/** @returns undefined where the node has no such agent */
async function extend({ agent_id }: About, signal: AbortSignal): Promise<AgentAnswer | undefined> {
  try {
    return await node(signal).heartbeatAgent(agent_id);
  } catch (thrown) {
    if (isRefusal(thrown, "agent_not_found")) return undefined;
    throw thrown;
  }
}

async function register(
  about: About,
  say: (words: string) => void,
  signal: AbortSignal,
): Promise<AgentAnswer> {
  const { endpoint, dialect, ...rest } = about;
  const self = { ...rest, transport_kind: "external" };
  const reached = { endpoint, dialect, adapter: "acp_http", healthcheck: "/ping" };
  try {
    return await node(signal).registerAgent({ ...self, ...reached });
  } catch (thrown) {
    if (!isRefusal(thrown, "launch_not_allowed")) throw thrown;
    say("may not say how it is reached: that stays as the operator has registered it");
    return await node(signal).registerAgent({ ...self, dialect });
  }
}

/** Takes it out, if the node is there to hear it. */
export async function unregister(agent_id: string): Promise<void> {
  await node(AbortSignal.timeout(partingMs)).unregisterAgent(agent_id);
}

const isRefusal = (thrown: unknown, code: string) =>
  thrown instanceof AethrolinkError && thrown.code === code;
