/**
 * All that must hold of a change; run by `npm run check`. With --tested the quick tests are left out:
 * somebody has just run them on the same tree, as CI does with `npm test`.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const bin = (name: string) => `${root}node_modules/.bin/${name}`;

/** What is checked, in words, and the command that does it. */
const checks: readonly (readonly [string, string, ...string[]])[] = [
  ["what is generated is up to date", process.execPath, "configs/generate.ts", "--check"],
  ["types", bin("tsc"), "-p", "."],
  ["style", bin("biome"), "check", "--config-path=configs/lint.json", "."],
  ["the API document", bin("redocly"), "lint", "generated/openapi.json", "--config", "configs/redocly.yaml"],
  ["layers and tests", process.execPath, "configs/suite.ts", "quick"],
];

const tested = process.argv.includes("--tested");

for (const [what, command, ...args] of tested ? checks.slice(0, -1) : checks) {
  const begin = Date.now();
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" },
  });
  const seconds = ((Date.now() - begin) / 1000).toFixed(1);
  if (status !== 0) {
    const why = error === undefined ? "" : `: ${error.message}`;
    process.stderr.write(`check failed: ${what} (${seconds} s)${why}\n`);
    process.exit(1);
  }
  process.stdout.write(`check passed: ${what} (${seconds} s)\n`);
}
