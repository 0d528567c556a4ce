/**
 * Runs suites of tests and closes with a line that counts them.
 *
 *   node configs/suite.ts quick [e2e faults real contract] [-- flags of vitest]
 *
 * With FAILURES_FILE in the environment, what failed is written to that file too.
 */
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const split = process.argv.indexOf("--");
const suites = process.argv.slice(2, split < 0 ? undefined : split);
const flags = split < 0 ? [] : process.argv.slice(split + 1);
const scratch = mkdtempSync(join(tmpdir(), "aethrolink-tests-"));
const report = join(scratch, "report.json");

const { status } = spawnSync(
  process.execPath,
  [
    fileURLToPath(new URL("../node_modules/vitest/vitest.mjs", import.meta.url)),
    "run",
    "--config",
    fileURLToPath(new URL("vitest.ts", import.meta.url)),
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
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** What failed, and how it began, in a few lines each: for a reader who sees only the end of a log. */
function failuresOf({ testResults }: Report): string[] {
  const told = (where: string, message: string) =>
    `failed: ${where}\n${message.split("\n").slice(0, 25).join("\n").slice(0, 3000)}\n`;
  return testResults.flatMap(({ name, message, assertionResults }) => [
    ...(message === "" ? [] : [told(name, message)]),
    ...assertionResults
      .filter(({ status }) => status === "failed")
      .map(({ fullName, failureMessages }) => told(`${name}: ${fullName}`, failureMessages.join("\n"))),
  ]);
}

let failed = status !== 0;
try {
  const told = JSON.parse(readFileSync(report, "utf8")) as Report;
  const { numPassedTests, numFailedTests, numPendingTests } = told;
  failed ||= numPassedTests === 0;
  const file = process.env["FAILURES_FILE"];
  if (file !== undefined) appendFileSync(file, failuresOf(told).join("\n"));
  process.stdout.write(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped\n`);
} catch {
  failed = true;
  process.stderr.write("the tests left no report\n");
}
rmSync(scratch, { recursive: true, force: true });
process.exit(failed ? 1 : 0);
