#!/usr/bin/env node
// Goes on under the Node that AethroLink is made for: the native database module crashes older ones,
// so the version is looked at before anything is imported.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module from "node:module";
import { fileURLToPath } from "node:url";

const oldest = [22, 18];

function isNewEnough() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
}

function bundledNode() {
  try {
    const name = `node-${process.platform}-${process.arch}`;
    return fileURLToPath(
      new URL("bin/node", `file://${module.createRequire(import.meta.url).resolve(`${name}/package.json`)}`),
    );
  } catch {
    return undefined;
  }
}

function refuse(text) {
  process.stderr.write(`alink-node: ${text}\n`);
  process.exit(69);
}

function goOnUnder(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    if (signal) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    } else process.exit(code ?? 1);
  });
}

const bundle = new URL("../dist/node.mjs", import.meta.url);
if (!existsSync(bundle)) refuse("it is not built yet; run npm run build in the clone");
if (isNewEnough()) {
  module.enableCompileCache?.();
  const { runNode } = await import(bundle.href);
  await runNode(process.argv.slice(2), process.env);
} else {
  const node = bundledNode();
  if (node === undefined) refuse(`Node ${oldest.join(".")} or later is needed; this is ${process.version}`);
  goOnUnder(node);
}
