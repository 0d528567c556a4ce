/** How the executables load their bundles, and how one program goes on as another. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Loads a bundle of dist, compiled once for all starts; exits with 69 where nothing is built.
 * @param {string} program the name of the executable, for people
 * @param {string} name the bundle's
 */
export async function loadBundle(program, name) {
  const bundle = new URL(`../dist/${name}.mjs`, import.meta.url);
  if (!existsSync(bundle)) {
    process.stderr.write(`${program}: it is not built yet; run npm run build in the clone\n`);
    process.exit(69);
  }
  // Below the user's own directory: what lies in a shared one could have been put there by others.
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  module.enableCompileCache?.(join(cache, "aethrolink", "compiled"));
  return await import(bundle.href);
}

/**
 * Goes on as another program: with its streams, its signals and its end.
 * @param {string} program the file to run
 * @param {readonly string[]} args its arguments
 * @param {import("node:child_process").SpawnOptions} [options] of the spawn
 */
export function goOnAs(program, args, options) {
  const child = spawn(program, args, { ...options, stdio: "inherit" });
  // A terminal sends Ctrl-C to the child too, and for a node a second one means "now": it gets its own only.
  const atTerminal = [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY === true);
  process.on("SIGINT", () => {
    if (!atTerminal) child.kill("SIGINT");
  });
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", ({ message }) => {
    process.stderr.write(`${program} can't be run: ${message}\n`);
    process.exit(69);
  });
  child.on("exit", (code, signal) => {
    if (signal) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    }
    process.exit(code ?? 1);
  });
}
