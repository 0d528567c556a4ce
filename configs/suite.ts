/**
 * Runs suites of tests and closes with a line that counts them.
 *
 *   node configs/suite.ts quick [e2e faults real contract] [-- flags of vitest]
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const split = process.argv.indexOf("--");
const suites = process.argv.slice(2, split < 0 ? undefined : split);
const flags = split < 0 ? [] : process.argv.slice(split + 1);
const scratch = mkdtempSync(join(tmpdir(), "aethrolink-tests-"));
const report = join(scratch, "report.json");

const { status } = spawnSync(
  process.execPath,
  [
    new URL("../node_modules/vitest/vitest.mjs", import.meta.url).pathname,
    "run",
    "--config",
    new URL("vitest.ts", import.meta.url).pathname,
    ...suites.flatMap((suite) => ["--project", suite]),
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    ...flags,
  ],
  { stdio: "inherit" },
);

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
}

let failed = status !== 0;
try {
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(
    readFileSync(report, "utf8"),
  ) as Report;
  failed ||= numPassedTests === 0;
  process.stdout.write(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped\n`);
} catch {
  failed = true;
  process.stderr.write("the tests left no report\n");
}
rmSync(scratch, { recursive: true, force: true });
process.exit(failed ? 1 : 0);
