/**
 * What the scripts of package.json run: installs and builds what is missing, then goes on under the
 * pinned Node. It has no dependencies and runs under any Node from 18 on.
 *
 *   node configs/bootstrap.mjs <demo|start|test|check|generate|build|bench|suite NAME> [flags]
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");
const stamps = join(modules, ".aethrolink");
const say = (text) => process.stderr.write(`[aethrolink] ${text}\n`);

function refuse(text) {
  say(text);
  process.exit(69);
}

/** The Node that everything else runs under. */
function pinnedNode() {
  if (process.platform === "win32")
    refuse("AethroLink doesn't run on Windows yet; it runs on Linux and macOS.");
  const pinned = join(modules, ".bin", "node");
  if (process.platform === "linux" && existsSync(pinned)) return pinned;
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  return refuse(`On this system Node 22.18 or later is needed; this is ${process.version}.`);
}

function run(command, args, options = {}) {
  const { status, signal, error } = spawnSync(command, args, { cwd: root, stdio: "inherit", ...options });
  if (error) refuse(`${command} can't be run: ${error.message}`);
  if (status !== 0) process.exit(status ?? (signal ? 1 : 0));
}

/** All files below some paths, in order. */
function filesBelow(paths) {
  return paths.flatMap((path) => {
    const whole = join(root, path);
    if (!existsSync(whole)) return [];
    try {
      return readdirSync(whole, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
        .filter((file) => !/[\\/](dist|node_modules)[\\/]/.test(relative(root, file)))
        .sort();
    } catch {
      return [whole];
    }
  });
}

function hashOf(paths) {
  const hash = createHash("sha256");
  for (const file of filesBelow(paths)) hash.update(relative(root, file)).update(readFileSync(file));
  return hash.digest("hex");
}

/** Does something when its inputs have changed since it was last done. */
function ifChanged(name, inputs, result, act) {
  const stamp = join(stamps, name);
  const now = hashOf(inputs);
  if (existsSync(join(root, result)) && existsSync(stamp) && readFileSync(stamp, "utf8") === now) return;
  act();
  mkdirSync(stamps, { recursive: true });
  writeFileSync(stamp, now);
}

function install() {
  ifChanged("install", ["package-lock.json"], "node_modules/.bin/vitest", () => {
    say("installing what package-lock.json names (npm ci); the first time this takes about a minute");
    run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
  });
}

function build(node) {
  const inputs = ["contracts", "src", "cli", "generated", "configs", "package.json", "tsconfig.json"];
  ifChanged("build", inputs, "cli/dist/node.mjs", () => {
    say("building the node, the command line client and the fakes");
    run(node, ["configs/build.ts"]);
  });
}

/** What each name runs, after install and build. */
const verbs = {
  build: [],
  demo: ["configs/demo.ts"],
  start: ["cli/bin/alink-node.mjs"],
  test: ["configs/suite.ts", "quick"],
  suite: ["configs/suite.ts"],
  check: ["configs/check.ts"],
  generate: ["configs/generate.ts"],
  bench: ["tests/bench/tasks.ts"],
};

function goOn(node, args) {
  const path = [join(modules, ".bin"), process.env.PATH].join(":");
  const child = spawn(node, args, { cwd: root, stdio: "inherit", env: { ...process.env, PATH: path } });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    if (signal) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    }
    process.exit(code ?? 1);
  });
}

const [verb = "", ...flags] = process.argv.slice(2);
const found = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
if (!found)
  refuse(`there is nothing named ${JSON.stringify(verb)}; there are: ${Object.keys(verbs).join(", ")}`);
if (Number(process.versions.node.split(".")[0]) < 18)
  refuse(`Node 18 or later is needed; this is ${process.version}`);
install();
const node = pinnedNode();
if (verb !== "generate") build(node);
if (verb === "start" && !flags.some((flag) => flag.startsWith("--registry")))
  flags.push("--registry", "configs/registry.yaml");
if (found.length > 0) goOn(node, [...found, ...flags]);
