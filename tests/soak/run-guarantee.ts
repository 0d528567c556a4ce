/** Runs the tests of one guarantee, in a process of their own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { figuresToldIn, figuresVariable, inWords } from "./figures.ts";
import { type Guarantee, shortfalls, suiteOf } from "./guarantee.ts";
import type { Result } from "./report.ts";

const suiteRunner = fileURLToPath(new URL("../../configs/suite.ts", import.meta.url));

export interface RunOptions {
  /** Begins the names of the files that it leaves: what the tests printed, their figures and failures. */
  readonly stem: string;
  /** How much of the full counts: 1 is all of them. */
  readonly part: number;
  readonly commit: string;
}

/** The counts of a part of a soak; none is below one. */
export function countsOf({ full }: Guarantee, part: number): { readonly [variable: string]: number } {
  return Object.fromEntries(
    Object.entries(full).map(([name, count]) => [name, Math.max(1, Math.ceil(count * part))]),
  );
}

const textOf = (file: string) => (existsSync(file) ? readFileSync(file, "utf8") : "");

/** Runs the tests, one file after another, and gives what came of it. */
export async function runGuarantee(guarantee: Guarantee, options: RunOptions): Promise<Result> {
  const { stem, part, commit } = options;
  const files = { log: `${stem}.log`, figures: `${stem}.figures`, failures: `${stem}.failures` };
  mkdirSync(dirname(stem), { recursive: true });
  for (const file of Object.values(files)) rmSync(file, { force: true });
  const counts = countsOf(guarantee, part);
  const begin = performance.now();
  const code = await runSuites(guarantee, counts, files);
  const seconds = Math.round((performance.now() - begin) / 100) / 10;
  const figures = figuresToldIn(files.figures, guarantee.id);
  const [, tests = "0", skipped = "0"] =
    /(\d+) passed, \d+ failed, (\d+) skipped\s*$/.exec(textOf(files.log)) ?? [];
  const failures = textOf(files.failures).trim();
  const faults = [
    ...(code === 0 ? [] : [failures === "" ? `the tests ended with ${code}; see ${files.log}` : failures]),
    ...(skipped === "0" ? [] : [`${skipped} tests were skipped; see ${files.log}`]),
    ...(part < 1 ? [] : shortfalls(guarantee, figures)),
  ];
  return {
    id: guarantee.id,
    promise: guarantee.promise,
    counts,
    figures,
    says: inWords(guarantee.says, { ...figures, tests: Number(tests) }),
    tests: Number(tests),
    seconds,
    passed: faults.length === 0,
    faults,
    date: new Date().toISOString(),
    commit,
  };
}

async function runSuites(
  { tests }: Guarantee,
  counts: { readonly [variable: string]: number },
  files: { readonly log: string; readonly figures: string; readonly failures: string },
): Promise<number | null> {
  const log = openSync(files.log, "w");
  try {
    const suites = [...new Set(tests.map(suiteOf))];
    const flags = ["--no-file-parallelism", ...tests];
    const child = spawn(process.execPath, [suiteRunner, ...suites, "--", ...flags], {
      stdio: ["ignore", log, log],
      env: {
        ...process.env,
        ...Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, String(count)])),
        CI: "true",
        [figuresVariable]: files.figures,
        FAILURES_FILE: files.failures,
      },
    });
    const [code] = (await once(child, "exit")) as [number | null];
    return code;
  } finally {
    closeSync(log);
  }
}
