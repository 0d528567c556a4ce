/** The command line: what it takes to say its version, and to ask a running node. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createHome, startNode } from "../support.ts";
import { type Found, figure } from "./figures.ts";
import type { Options } from "./options.ts";

const program = fileURLToPath(new URL("../../cli/bin/alink-cli.mjs", import.meta.url));
const mostVersion = 2;
const mostCommand = 5;

function timed(args: readonly string[], env: NodeJS.ProcessEnv = process.env): number {
  const begin = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: "utf8" });
  if (status !== 0) throw new Error(`${args.join(" ")}: ${stderr}`);
  return performance.now() - begin;
}

/** Measures it. */
export async function run({ quick, rounds }: Options): Promise<Found> {
  using home = createHome();
  await using node = await startNode({ ...home, args: ["--log-level", "warn"] });
  const env = { ...process.env, AETHROLINK_TOKEN: node.token };
  const [nothing, version, command]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round <= (quick ? 1 : rounds * 5); round++) {
    const times = [
      timed(["-e", "0"]),
      timed([program, "--version"]),
      timed([program, "targets", "--server", node.url], env),
    ] as const;
    // The first of them fills the caches.
    if (round === 0) continue;
    nothing.push(times[0]);
    version.push(times[1]);
    command.push(times[2]);
  }
  const beside = { name: "node -e 0", values: nothing };
  return {
    figures: [
      figure({ load: "command line", what: "alink-cli --version", unit: "ms" }, version, {
        beside,
        goal: { atMost: mostVersion },
      }),
      figure({ load: "command line", what: "alink-cli targets, at a running node", unit: "ms" }, command, {
        beside,
        goal: { atMost: mostCommand },
      }),
    ],
  };
}
