// An agent of the Agent Client Protocol that answers at once, so that what is measured is the node.
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";

const say = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);

const answers = {
  initialize: () => ({ protocolVersion: 1, agentCapabilities: {}, authMethods: [] }),
  "session/new": () => ({ sessionId: randomUUID() }),
  "session/prompt": ({ sessionId }) => {
    const update = { sessionUpdate: "agent_message_chunk", content: { type: "text", text: "done" } };
    say({ method: "session/update", params: { sessionId, update } });
    return { stopReason: "end_turn" };
  },
};

createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id !== undefined && method in answers) say({ id, result: answers[method](params) });
});
