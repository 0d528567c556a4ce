/**
 * `fake-acp-comm-agent`: a deterministic runtime that speaks the Agent Communication Protocol over HTTP, for
 * tests. What it does with a run is told by what is said to it: JSON with a `mode`, else it echoes.
 */
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { stayRegistered, unregister } from "./acp-comm/registering.ts";
import { createFakeServer } from "./acp-comm/server.ts";

const help = `fake-acp-comm-agent: a runtime for tests; it speaks the Agent Communication Protocol over HTTP.

Usage: fake-acp-comm-agent [--port PORT] [--host HOST] [--dialect acp|aethrolink] [--agents NAMES] [--mode MODE]
                           [--sessions-dir DIR] [--no-stream] [--no-events] [--secret TEXT]
                           [--register] [--agent-id ID] [--capabilities A,B] [--lease-ttl-seconds N]

  --port PORT          where it listens (default: 9102; 0: any free one, which it prints)
  --host HOST          (default: 127.0.0.1)
  --dialect DIALECT    acp, the public protocol; or aethrolink, what older AethroLink runtimes speak
  --agents NAMES       the agents that it names, with commas between (default: fake)
  --mode MODE          what to do with a run that names no mode (default: FAKE_MODE, else echo)
  --sessions-dir DIR   keep sessions on disk, so that another process knows them
  --no-stream          never answers with a stream
  --no-events          keeps no list of a run's events
  --secret TEXT        lets in only callers with this bearer token
  --register           registers with the node that alink-cli would speak to, sends heartbeats, and takes
                       itself out at SIGTERM
  --agent-id ID        under this name (default: comm-agent)
  --capabilities A,B   with these intents (default: demo.comm)
  --lease-ttl-seconds N  for so long after each heartbeat (default: 300)
  --help               this text

What is said as a JSON object with a "mode" chooses for itself, with options beside it: echo, success,
delayed_success, flood, cancelled, silent, ignore_cancel, permission, await_then_resume, questions, input,
impatient, garbage, big_line, crash_after_start, count, delegate and submit_fail as fake-acp-client-agent does them, and
  artifact             makes out.txt and b.bin, then answers "two files"
  fail                 says "partial", then fails
  launch_fail          with --mode only: exits with 1 before it listens
`;

const { values: flags } = parseArgs({
  allowNegative: true,
  options: {
    port: { type: "string", default: "9102" },
    host: { type: "string", default: "127.0.0.1" },
    dialect: { type: "string", default: "acp" },
    agents: { type: "string", default: "fake" },
    mode: { type: "string" },
    "sessions-dir": { type: "string" },
    stream: { type: "boolean", default: true },
    events: { type: "boolean", default: true },
    secret: { type: "string" },
    register: { type: "boolean", default: false },
    "agent-id": { type: "string", default: "comm-agent" },
    capabilities: { type: "string", default: "demo.comm" },
    "lease-ttl-seconds": { type: "string", default: "300" },
    help: { type: "boolean", default: false },
  },
});
const mode = flags.mode ?? process.env.FAKE_MODE ?? "echo";

const say = (words: string) => process.stderr.write(`fake-acp-comm-agent: ${words}\n`);

/** Registered from now on until the signal that ends it. */
async function beAgent(endpoint: string): Promise<void> {
  const agent_id = flags["agent-id"];
  const about = {
    agent_id,
    endpoint,
    dialect: flags.dialect,
    capabilities: flags.capabilities.split(","),
    lease_ttl_seconds: Number(flags["lease-ttl-seconds"]),
  };
  const ending = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => ending.abort());
  try {
    await stayRegistered(about, say, ending.signal);
    await unregister(agent_id);
    process.exit(0);
  } catch (thrown) {
    say(thrown instanceof Error ? thrown.message : String(thrown));
    process.exit(ending.signal.aborted ? 0 : 1);
  }
}

function serve(): void {
  const server = createFakeServer({
    dialect: flags.dialect === "aethrolink" ? "aethrolink" : "acp",
    agents: flags.agents.split(","),
    mode,
    streams: flags.stream,
    lists: flags.events,
    secret: flags.secret,
    sessionsDir: flags["sessions-dir"],
  });
  server.on("error", ({ message }) => {
    say(message);
    process.exit(1);
  });
  server.listen(Number(flags.port), flags.host, () => {
    const { port } = server.address() as AddressInfo;
    const endpoint = `http://${flags.host}:${port}`;
    process.stdout.write(`fake-acp-comm-agent answers at ${endpoint}\n`);
    if (flags.register) void beAgent(endpoint);
  });
  if (flags.register) return;
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => process.exit(0));
}

if (flags.help) {
  process.stdout.write(help);
} else if (mode === "launch_fail") {
  process.stderr.write("fake-acp-comm-agent: told to fail at launch\n");
  process.exitCode = 1;
} else {
  serve();
}
