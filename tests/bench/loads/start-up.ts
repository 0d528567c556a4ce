/**
 * From the start of the process to its first answer, with 100,000 tasks in the database: the node, and a
 * bare server of express and better-sqlite3 on the same database, in turns.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as elapsed } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "../../free-port.ts";
import { createHome, startNode } from "../../support.ts";
import { fill, idOf } from "../fill.ts";
import { openLine } from "../line.ts";
import { median, rounded, usage } from "../measure.ts";
import type { Options } from "../options.ts";
import { atMost, type Figures } from "../report.ts";
import { shippedNode } from "../servers.ts";

const tasks = 100_000;
const startsInRound = 5;
const bareServer = fileURLToPath(new URL("../bare-express.mjs", import.meta.url));

interface Start {
  readonly ms: number;
  readonly cpuMs: number;
}

/** Resolves when somebody listens there. */
async function untilOpen(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    const open = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (open) return;
    await elapsed(1);
  }
}

async function start(
  program: string,
  args: (port: number) => readonly string[],
  token: string,
): Promise<Start> {
  const port = await freePort();
  const begin = performance.now();
  const child = spawn(process.execPath, [program, ...args(port)], { stdio: "ignore" });
  await untilOpen(port);
  const line = openLine({ url: `http://127.0.0.1:${port}`, token });
  const { status, text } = await line.ask("GET", `/v1/tasks/${idOf(tasks / 2)}`);
  const ms = performance.now() - begin;
  const { cpuMs } = usage(child.pid ?? 0);
  line.close();
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  await gone;
  if (status !== 200) throw new Error(`${program} answered ${status}: ${text}`);
  return { ms, cpuMs };
}

/** Runs it. */
export async function startUp({ rounds }: Options): Promise<Figures> {
  using home = createHome();
  await (await startNode({ ...home, program: shippedNode })).stop();
  const database = join(home.dataDir, "aethrolink.db");
  fill(database, tasks);
  const token = readFileSync(join(home.dataDir, "operator.token"), "utf8").trim();
  const node = (port: number) => {
    const flags = ["--data-dir", home.dataDir, "--registry", home.registry, "--log-level", "warn"];
    return ["--port", String(port), ...flags];
  };
  const programs = [
    { server: "this build", start: () => start(shippedNode, node, token) },
    {
      server: "express + better-sqlite3",
      start: () => start(bareServer, (port) => [String(port), database], token),
    },
  ];
  for (const program of programs) await program.start();
  const starts = programs.map((): Start[] => []);
  for (let number = 0; number < rounds * startsInRound; number++) {
    for (const [index, program] of programs.entries()) starts[index]?.push(await program.start());
  }
  const results = programs.map(({ server }, index) => {
    const own = starts[index] ?? [];
    const times = own.map(({ ms }) => ms);
    return {
      ...{ server, ms: median(times), fastest: Math.min(...times), slowest: Math.max(...times) },
      cpu_ms: median(own.map(({ cpuMs }) => cpuMs)),
    };
  });
  const [ours, bare] = results;
  return {
    rows: results.map(({ server, ms, fastest, slowest, cpu_ms }) => ({
      ...{ server, ms: rounded(ms), fastest: rounded(fastest), slowest: rounded(slowest), cpu_ms },
    })),
    goals: [atMost("time to the first answer", "×", (ours?.ms ?? 0) / (bare?.ms ?? 0), 2, 1.6)],
  };
}
