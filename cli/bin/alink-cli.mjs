#!/usr/bin/env node
// The version is answered before anything is loaded; the bundle is loaded from its compile cache.
import { existsSync, readFileSync } from "node:fs";
import module from "node:module";

const bundle = new URL("../dist/cli.mjs", import.meta.url);
if (process.argv[2] === "--version") {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  process.stdout.write(`${version}\n`);
} else if (existsSync(bundle)) {
  module.enableCompileCache?.();
  const { runCommandLine } = await import(bundle.href);
  await runCommandLine(import.meta.url, process.argv.slice(2));
} else {
  process.stderr.write("alink-cli: it is not built yet; run npm run build in the clone\n");
  process.exitCode = 69;
}
