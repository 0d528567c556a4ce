/** What the command line of the benchmarks asks for. */
import { parseArgs } from "node:util";
import type { Other } from "./servers.ts";

export const loads = [
  "throughput",
  "chunks",
  "readers",
  "idle-readers",
  "rows",
  "start",
  "memory",
  "relay",
  "cli",
] as const;
export type Load = (typeof loads)[number];

export interface Options {
  readonly only: readonly Load[];
  readonly rounds: number;
  /** Only whether it works, in seconds. */
  readonly quick: boolean;
  readonly json: string | undefined;
  readonly other: Other | undefined;
}

const isLoad = (name: string): name is Load => (loads as readonly string[]).includes(name);

export const usageText = `npm run bench -- [--only ${loads.join(",")}] [--rounds 3] [--quick]
  [--against URL --against-token TOKEN] [--json FILE]
`;

/**
 * Reads it.
 * @throws Error in words for whoever typed it
 */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string" },
      rounds: { type: "string", default: "3" },
      quick: { type: "boolean", default: false },
      json: { type: "string" },
      against: { type: "string" },
      "against-token": { type: "string", default: "" },
    },
  });
  const named = values.only?.split(",") ?? (values.quick ? ["throughput"] : loads);
  const unknown = named.find((name) => !isLoad(name));
  if (unknown !== undefined) throw new Error(`there is no load ${unknown}; there are ${loads.join(", ")}`);
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds is a number from 1 on, not ${values.rounds}`);
  return {
    only: named.filter(isLoad),
    rounds,
    quick: values.quick,
    json: values.json,
    other: values.against === undefined ? undefined : { url: values.against, token: values["against-token"] },
  };
}
