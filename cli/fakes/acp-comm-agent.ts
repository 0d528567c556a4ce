/**
 * `fake-acp-comm-agent`: a deterministic runtime that speaks the Agent Communication Protocol over HTTP, for
 * tests. What it does with a run is told by what is said to it: JSON with a `mode`, else it echoes.
 */
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { createFakeServer } from "./acp-comm/server.ts";

const help = `fake-acp-comm-agent: a runtime for tests; it speaks the Agent Communication Protocol over HTTP.

Usage: fake-acp-comm-agent [--port PORT] [--host HOST] [--dialect acp|aethrolink] [--agents NAMES] [--mode MODE]
                           [--sessions-dir DIR] [--no-stream] [--no-events] [--secret TEXT]

  --port PORT          where it listens (default: 9102; 0: any free one, which it prints)
  --host HOST          (default: 127.0.0.1)
  --dialect DIALECT    acp, the public protocol; or aethrolink, what older AethroLink runtimes speak
  --agents NAMES       the agents that it names, with commas between (default: fake)
  --mode MODE          what to do with a run that names no mode (default: FAKE_MODE, else echo)
  --sessions-dir DIR   keep sessions on disk, so that another process knows them
  --no-stream          never answers with a stream
  --no-events          keeps no list of a run's events
  --secret TEXT        lets in only callers with this bearer token
  --help               this text

What is said as a JSON object with a "mode" chooses for itself, with options beside it: echo, success,
delayed_success, flood, cancelled, silent, ignore_cancel, permission, await_then_resume, questions, input,
impatient, garbage, big_line, crash_after_start, count and submit_fail as fake-acp-client-agent does them, and
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
    help: { type: "boolean", default: false },
  },
});
const mode = flags.mode ?? process.env.FAKE_MODE ?? "echo";

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
    process.stderr.write(`fake-acp-comm-agent: ${message}\n`);
    process.exit(1);
  });
  server.listen(Number(flags.port), flags.host, () => {
    const { port } = server.address() as AddressInfo;
    process.stdout.write(`fake-acp-comm-agent answers at http://${flags.host}:${port}\n`);
  });
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
