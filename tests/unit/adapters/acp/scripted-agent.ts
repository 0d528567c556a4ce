/** What the scripted agent is told to say: messages as they go over the wire. */
import type { Target } from "#src/core/ports.ts";
import { fixtureAgent, targetOf } from "../../../launching.ts";

/** The agent of the fixtures, which says byte by byte what its prompt tells. */
export const scripted = (...flags: string[]): Target => targetOf(fixtureAgent("scripted", ...flags));
export const line = (message: object): string => `${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`;
export const update = (update: object): string =>
  line({ method: "session/update", params: { sessionId: "$S", update } });
export const chunk = (text: string): string =>
  update({ sessionUpdate: "agent_message_chunk", content: { type: "text", text } });
export const answer = (stopReason = "end_turn"): string =>
  `{"jsonrpc":"2.0","id":$I,"result":{"stopReason":"${stopReason}"}}\n`;
