// An agent of the Agent Client Protocol that answers at once, so that what is measured is the node. A prompt that
// holds {"chunks": N} is answered in N parts; one that holds {"steps": N, "every_ms": M} tells N steps, M ms apart.
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";

const say = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);

const wish = ({ prompt }) => {
  const text = prompt.map((part) => part.text ?? "").join("");
  const found = /\{"(?:chunks|steps)".*?\}/.exec(text)?.[0];
  return found === undefined ? { chunks: 1 } : JSON.parse(found);
};

async function answer(params) {
  const { chunks = 0, steps = 0, every_ms = 0 } = wish(params);
  const { sessionId } = params;
  const tell = (update) => say({ method: "session/update", params: { sessionId, update } });
  for (let n = 1; n <= chunks; n++)
    tell({ sessionUpdate: "agent_message_chunk", content: { type: "text", text: `word ${n} ` } });
  for (let n = 1; n <= steps; n++) {
    await new Promise((resolve) => setTimeout(resolve, every_ms));
    tell({ sessionUpdate: "tool_call", toolCallId: `step-${n}`, title: `step ${n}`, status: "completed" });
  }
  return { stopReason: "end_turn" };
}

const answers = {
  initialize: () => ({ protocolVersion: 1, agentCapabilities: {}, authMethods: [] }),
  "session/new": () => ({ sessionId: randomUUID() }),
  "session/prompt": answer,
};

createInterface({ input: process.stdin }).on("line", async (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id !== undefined && method in answers) say({ id, result: await answers[method](params) });
});
