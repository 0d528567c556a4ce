/** The time from a start to the first answer, with 100,000 tasks in the database, beside a bare server's. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import http from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../free-port.ts";
import { createHome, startNode } from "../support.ts";
import { type Found, figure } from "./figures.ts";
import { fill } from "./fill.ts";
import type { Options } from "./options.ts";

/** As people start it: the bundle, with what Node compiled of it the last time. */
const program = fileURLToPath(new URL("../../cli/bin/alink-node.mjs", import.meta.url));
const mostRatio = 2;

const asked = (port: number) =>
  new Promise<boolean>((resolve) => {
    const req = http.get({ host: "127.0.0.1", port, path: "/healthz" }, (res) => {
      res.resume();
      resolve(res.statusCode === 200);
    });
    req.on("error", () => resolve(false));
  });

/** @returns milliseconds to the first answer */
async function timed(start: (port: number) => ChildProcess): Promise<number> {
  const port = await freePort();
  const begin = performance.now();
  const child = start(port);
  const gone = once(child, "exit");
  while (!(await asked(port))) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const ms = performance.now() - begin;
  child.kill("SIGTERM");
  await gone;
  return ms;
}

/** Measures it. */
export async function run({ quick, rounds }: Options): Promise<Found> {
  using home = createHome();
  await (await startNode(home)).stop();
  fill(home, quick ? 100 : 100_000);
  const { dataDir } = home;
  const run = (args: readonly string[]) =>
    spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
  const node = (port: number) =>
    run([program, "--port", String(port), "--data-dir", dataDir, "--log-level", "error"]);
  const bare = fileURLToPath(new URL("bare-server.mjs", import.meta.url));
  const server = (port: number) => run([bare, join(home.path, "bare.db"), String(port)]);
  const [ours, others]: [number[], number[]] = [[], []];
  for (let round = 0; round <= (quick ? 1 : rounds * 4); round++) {
    const times = [await timed(node), await timed(server)] as const;
    // The first of them fills the caches.
    if (round === 0) continue;
    ours.push(times[0]);
    others.push(times[1]);
  }
  return {
    figures: [
      figure(
        { load: "start", what: "to the first answer, 100,000 tasks in the database", unit: "ms" },
        ours,
        {
          beside: { name: "express and better-sqlite3", values: others },
          goal: { atMost: mostRatio },
        },
      ),
    ],
  };
}
