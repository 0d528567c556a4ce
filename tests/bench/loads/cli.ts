/** How long the command line client takes, next to a Node that does nothing, in turns. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { median, rounded } from "../measure.ts";
import type { Options } from "../options.ts";
import { atMost, type Figures } from "../report.ts";
import { startOurs } from "../servers.ts";

const client = fileURLToPath(new URL("../../../cli/bin/alink-cli.mjs", import.meta.url));
const runsInRound = 7;

/** Runs it. */
export async function commandLine({ rounds }: Options): Promise<Figures> {
  await using node = await startOurs();
  const env = { ...process.env, AETHROLINK_SERVER: node.url, AETHROLINK_TOKEN: node.token };
  const programs = [
    { what: "node -e 0", args: ["-e", "0"] },
    { what: "alink-cli --version", args: [client, "--version"] },
    { what: "alink-cli targets", args: [client, "targets"] },
  ];
  const times = programs.map((): number[] => []);
  const run = (args: readonly string[]): number => {
    const begin = performance.now();
    const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: "utf8" });
    if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}: ${stderr}`);
    return performance.now() - begin;
  };
  for (const { args } of programs) run(args);
  for (let number = 0; number < rounds * runsInRound; number++) {
    for (const [index, { args }] of programs.entries()) times[index]?.push(run(args));
  }
  const [bare = 0, version = 0, command = 0] = times.map(median);
  return {
    rows: programs.map(({ what }, index) => ({
      what,
      ms: rounded(median(times[index] ?? [])),
      fastest: rounded(Math.min(...(times[index] ?? []))),
      slowest: rounded(Math.max(...(times[index] ?? []))),
    })),
    goals: [
      atMost("--version", "×", version / bare, 2, 1.5),
      atMost("a command against a running node", "×", command / bare, 5, 4),
    ],
  };
}
