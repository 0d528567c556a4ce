/**
 * An agent of the Agent Client Protocol that adds no time of its own, so that what is measured is the node.
 * A prompt that is JSON says what it shall do: `{"chunks":3,"interval_ms":40,"wait_ms":100,"hang":true}`.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as elapsed } from "node:timers/promises";

const say = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);

function chunk(sessionId, text) {
  const update = { sessionUpdate: "agent_message_chunk", content: { type: "text", text } };
  say({ method: "session/update", params: { sessionId, update } });
}

async function play(sessionId, { chunks = 1, interval_ms = 0, wait_ms = 0 }) {
  if (wait_ms > 0) await elapsed(wait_ms);
  for (let number = 0; number < chunks; number++) {
    if (number > 0 && interval_ms > 0) await elapsed(interval_ms);
    chunk(sessionId, `${number};`);
  }
}

function prompt(id, { sessionId, prompt: [{ text }] }) {
  const script = text.startsWith("{") ? JSON.parse(text) : undefined;
  if (script?.hang) return;
  const done = () => say({ id, result: { stopReason: "end_turn" } });
  if (script !== undefined) return void play(sessionId, script).then(done);
  chunk(sessionId, "done");
  done();
}

const answers = {
  initialize: () => ({ protocolVersion: 1, agentCapabilities: {}, authMethods: [] }),
  "session/new": () => ({ sessionId: randomUUID() }),
};

function hear({ id, method, params }) {
  if (id === undefined) return;
  if (method === "session/prompt") prompt(id, params);
  else if (method in answers) say({ id, result: answers[method]() });
}

let rest = "";
process.stdin.setEncoding("utf8").on("data", (text) => {
  const lines = (rest + text).split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) hear(JSON.parse(line));
});
