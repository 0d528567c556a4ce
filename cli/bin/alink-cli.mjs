#!/usr/bin/env node
// The version is answered before anything is loaded.
import { readFileSync } from "node:fs";

if (process.argv[2] === "--version") {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  process.stdout.write(`${version}\n`);
} else {
  const { loadBundle } = await import("./programs.mjs");
  const { runCommandLine } = await loadBundle("alink-cli", "cli");
  await runCommandLine(import.meta.url, process.argv.slice(2));
}
