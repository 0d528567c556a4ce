/**
 * Runs the quick suite again and again, and keeps what failed with its output. Cut off, it goes on where it
 * was, for as long as the code is the same: runs of all of it stand in docs/measurements/flakes.json.
 *
 *   npm run flakes -- --runs 50 [tests/unit/core ...]    (some of its files only)
 *   npm run flakes -- --runs 50 --again                  (from the first run)
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { codeHere, commitHere } from "../tests/measured.ts";

interface Run {
  readonly began: string;
  readonly seconds: number;
  readonly passed: boolean;
  /** Its last line: how many passed, failed, and were skipped. */
  readonly counts: string;
  readonly failed: readonly string[];
  /** Where its output is, if it failed. */
  readonly output: string | null;
}

interface State {
  readonly commit: string;
  /** What was tested, by `codeHere`. */
  readonly code: string;
  readonly runs: readonly Run[];
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: "string", default: "50" }, again: { type: "boolean", default: false } },
});
const wanted = Number(values.runs);
if (!(wanted > 0)) throw new Error("--runs takes a number above 0");
const root = fileURLToPath(new URL("..", import.meta.url));
const commit = commitHere();
const code = codeHere() || commit;
const dir = join(root, ".cache/flakes", [code, ...positionals].join(" ").replaceAll("/", "-"));
const state = positionals.length === 0 ? join(root, "docs/measurements/flakes.json") : join(dir, "runs.json");
mkdirSync(dir, { recursive: true });
const before = existsSync(state) ? (JSON.parse(readFileSync(state, "utf8")) as State) : undefined;
const runs: Run[] = before?.code === code && !values.again ? [...before.runs] : [];
const suite = join(root, "configs/suite.ts");
const say = (text: string) => process.stdout.write(`${text}\n`);

/** @param n from 1 */
function once(n: number): Run {
  const began = new Date();
  const failures = join(dir, `${n}.failures`);
  rmSync(failures, { force: true });
  const { status, stdout, stderr } = spawnSync(process.execPath, [suite, "quick", "--", ...positionals], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    env: { ...process.env, FAILURES_FILE: failures, NO_COLOR: "1" },
  });
  const passed = status === 0;
  const told = existsSync(failures) ? readFileSync(failures, "utf8") : "";
  rmSync(failures, { force: true });
  const failed = [...told.matchAll(/^failed: (.*)$/gm)].map(([, name = ""]) => name.replace(root, ""));
  const output = passed ? null : join(dir, `${n}.log`);
  if (output !== null) writeFileSync(output, `${told}\n${stdout}\n${stderr}`);
  const seconds = Math.round((Date.now() - began.getTime()) / 1000);
  const counts = stdout.trimEnd().split("\n").at(-1) ?? "";
  return { began: began.toISOString(), seconds, passed, counts, failed, output };
}

while (runs.length < wanted) {
  const run = once(runs.length + 1);
  runs.push(run);
  writeFileSync(state, `${JSON.stringify({ commit, code, runs } satisfies State, null, 2)}\n`);
  say(`${runs.length} of ${wanted}: ${run.passed ? "passed" : "FAILED"} in ${run.seconds} s; ${run.counts}`);
  for (const name of run.failed) say(`   ${name}`);
}
const bad = runs.filter(({ passed }) => !passed);
const names = Map.groupBy(
  bad.flatMap(({ failed }) => failed),
  (name) => name,
);
say(`${runs.length} runs of ${commit}: ${runs.length - bad.length} passed, ${bad.length} failed`);
for (const [name, times] of names) say(`${times.length} times: ${name}`);
for (const { output } of bad) say(`output: ${output}`);
process.exitCode = bad.length === 0 ? 0 : 1;
