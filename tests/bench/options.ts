/** The flags of `npm run bench`. */
import { parseArgs } from "node:util";
import { type LoadName, loadNames } from "./report.ts";

/** A server with the same API that runs already, with the agent of these benchmarks as a target. */
export interface Against {
  readonly name: string;
  readonly url: string;
  readonly target: string;
  readonly token?: string;
  readonly pid?: number;
}

export interface Options {
  readonly only: readonly LoadName[];
  readonly rounds: number;
  /** Whether tasks come through at all, in seconds. */
  readonly quick: boolean;
  readonly json: string | undefined;
  readonly against: Against | undefined;
  /** How many tasks the load of memory has at most. */
  readonly tasks: number;
  /** How many tasks are in the largest database. */
  readonly rows: number;
}

export const help = `Measures this build against the least that a server of its API can do, on this machine, in turns.

Usage: npm run bench -- [flags]
  --only LOADS            some of: ${loadNames.join(",")}
  --rounds N              how many times each load is measured; the median counts [3]
  --quick                 a few tasks, to see whether they come through
  --json FILE             also writes the figures there; loads that didn't run stay as they are
  --against URL           a third server with the same API, with tests/bench/agent.mjs as a target
  --against-token TOKEN   its token
  --against-target NAME   its target [bench]
  --against-pid PID       its process, where it runs on this machine: its processor time is measured too
  --tasks N               how many tasks the load "memory" gives to the node [100000]
  --rows N                how many tasks are in the largest database of the load "rows" [1000000]
`;

const isLoad = (name: string): name is LoadName => (loadNames as readonly string[]).includes(name);

function loadsOf(text: string): LoadName[] {
  return text.split(",").map((name) => {
    if (!isLoad(name)) throw new Error(`there is no load ${name}; there are: ${loadNames.join(", ")}`);
    return name;
  });
}

function count(name: string, text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`--${name} is a number of 1 or more, not ${text}`);
  return Number(text);
}

/** @returns undefined: it is asked what there is */
export function optionsOf(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: "boolean" },
      only: { type: "string" },
      rounds: { type: "string" },
      quick: { type: "boolean", default: false },
      json: { type: "string" },
      against: { type: "string" },
      "against-token": { type: "string" },
      "against-target": { type: "string", default: "bench" },
      "against-pid": { type: "string" },
      tasks: { type: "string", default: "100000" },
      rows: { type: "string", default: "1000000" },
    },
  });
  if (values.help === true) return undefined;
  const { quick, json, against: url, "against-token": token, "against-pid": pid } = values;
  return {
    only: values.only === undefined ? (quick ? ["throughput"] : loadNames) : loadsOf(values.only),
    rounds: count("rounds", values.rounds ?? (quick ? "1" : "3")),
    quick,
    json,
    against:
      url === undefined
        ? undefined
        : {
            ...{ name: url, url, target: values["against-target"] },
            ...(token === undefined ? {} : { token }),
            ...(pid === undefined ? {} : { pid: count("against-pid", pid) }),
          },
    tasks: count("tasks", values.tasks),
    rows: count("rows", values.rows),
  };
}
