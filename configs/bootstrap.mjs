/**
 * What the scripts of package.json run: installs and builds what is missing, then goes on under the
 * pinned Node. It has no dependencies and runs under any Node from 18 on.
 *
 *   node configs/bootstrap.mjs <demo|start|test|check|generate|build|bench|soak|plants|coverage|mutation|flakes|suite NAME> [flags]
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { goOnAs } from "../cli/bin/programs.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");
const stamps = join(modules, ".aethrolink");
/** The Node that everything else runs under; comes with the packages where there is one for the system. */
const pinnedNode =
  process.platform === "linux" && ["x64", "arm64"].includes(process.arch)
    ? join(modules, ".bin", "node")
    : process.execPath;
const say = (text) => process.stderr.write(`[aethrolink] ${text}\n`);

function refuse(text) {
  say(text);
  process.exit(69);
}

/** Says what is missing here, before a minute goes by with installing. */
function checkSystem() {
  if (process.platform === "win32")
    refuse("AethroLink doesn't run on Windows yet; it runs on Linux and macOS");
  const oldest = pinnedNode === process.execPath ? [22, 18] : [18, 0];
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < oldest[0] || (major === oldest[0] && minor < oldest[1]))
    refuse(`Node ${oldest.join(".")} or later is needed on this system; this is ${process.version}`);
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

const stampOf = (name) => join(stamps, name);
const isStamped = (name, hash) => existsSync(stampOf(name)) && readFileSync(stampOf(name), "utf8") === hash;

function stamp(name, hash) {
  mkdirSync(stamps, { recursive: true });
  writeFileSync(stampOf(name), hash);
}

/** Does something when its inputs have changed since it was last done, or its result is missing. */
function ifChanged(name, inputs, result, act) {
  const hash = hashOf(inputs);
  if (existsSync(join(root, result)) && isStamped(name, hash)) return;
  act();
  stamp(name, hash);
}

function install() {
  ifChanged("install", ["package-lock.json"], "node_modules/.bin/vitest", () => {
    say("installing what package-lock.json names (npm ci); the first time this takes about a minute");
    run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
  });
}

/** In a fresh clone what is committed counts; `npm run check` finds what of it isn't up to date. */
function generate() {
  const sources = ["src/config.ts", "src/registry.ts", "src/version.ts", "src/core/task-machine.ts"];
  const makers = ["configs/generate.ts", "configs/generate", "configs/client", "configs/msw"];
  const figures = ["docs/measurements", "tests/bench/print.ts", "tests/soak"];
  const inputs = ["contracts", "cli", ...sources, ...makers, ...figures];
  if (!existsSync(stampOf("generate"))) return stamp("generate", hashOf(inputs));
  ifChanged("generate", inputs, "generated/openapi.json", () => {
    say("writing generated/ anew, since what it is made from has changed");
    run(pinnedNode, ["configs/generate.ts", "--without-migrations"]);
  });
}

function build() {
  const inputs = [
    "contracts",
    "src",
    "cli",
    "skills",
    "generated",
    "configs",
    "package.json",
    "tsconfig.json",
  ];
  ifChanged("build", inputs, "cli/dist/node.mjs", () => {
    say("building the node, the command line client and the fakes");
    run(pinnedNode, ["configs/build.ts"]);
  });
}

/** What each name runs, after install, generate and build. */
const verbs = {
  build: [],
  demo: ["configs/demo.ts"],
  start: ["cli/bin/alink-node.mjs"],
  test: ["configs/suite.ts", "quick"],
  suite: ["configs/suite.ts"],
  check: ["configs/check.ts"],
  generate: ["configs/generate.ts"],
  bench: ["tests/bench/bench.ts"],
  soak: ["tests/soak/run.ts"],
  plants: ["tests/plants/run.ts"],
  coverage: ["configs/coverage.ts"],
  mutation: ["tests/mutation/run.ts"],
  flakes: ["configs/flakes.ts"],
};

/** Whether a node is told where its registry is, or where its configuration is, which may say so. */
function namesRegistry(given) {
  const { AETHROLINK_REGISTRY, AETHROLINK_CONFIG } = process.env;
  return (
    Boolean(AETHROLINK_REGISTRY || AETHROLINK_CONFIG) ||
    given.some((flag) => /^--(registry|config)(=|$)/.test(flag))
  );
}

const [verb = "", ...flags] = process.argv.slice(2);
if (!Object.hasOwn(verbs, verb))
  refuse(`there is nothing named ${JSON.stringify(verb)}; there are: ${Object.keys(verbs).join(", ")}`);
checkSystem();
install();
// The check shall say what isn't up to date, not mend it.
if (verb !== "check" && verb !== "generate") generate();
if (verb !== "generate") build();
if (verb === "start" && !namesRegistry(flags)) flags.push("--registry", "configs/registry.yaml");
if (verbs[verb].length > 0) {
  const path = [join(modules, ".bin"), process.env.PATH].join(":");
  goOnAs(pinnedNode, [...verbs[verb], ...flags], { cwd: root, env: { ...process.env, PATH: path } });
}
