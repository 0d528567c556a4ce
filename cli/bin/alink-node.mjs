#!/usr/bin/env node
// Goes on under the Node that AethroLink is made for: the native database module crashes older ones,
// so the version is looked at before anything is imported.
import module, { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { goOnAs, loadBundle } from "./programs.mjs";

const madeFor = [24, 0];
const oldest = [22, 18];

function isAtLeast([wantedMajor, wantedMinor]) {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

/** From its package, whatever is in PATH; undefined where there is none for this system. */
function bundledNode() {
  const name = `node-${process.platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), "bin", "node");
  } catch {
    return undefined;
  }
}

const bundled = isAtLeast(madeFor) ? undefined : bundledNode();
if (bundled !== undefined) {
  goOnAs(bundled, [fileURLToPath(import.meta.url), ...process.argv.slice(2)]);
} else if (isAtLeast(oldest)) {
  const { runNode } = await loadBundle("alink-node", "node");
  await runNode(process.argv.slice(2), process.env);
  // What it took to start, and no more, is what the next start finds compiled; also after a kill.
  module.flushCompileCache?.();
} else {
  process.stderr.write(
    `alink-node: Node ${oldest.join(".")} or later is needed; this is ${process.version}\n`,
  );
  process.exitCode = 69;
}
