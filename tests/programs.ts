/** The repository's programs as commands, for tests that start them, and registries that name them. */
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { replacements } from "../configs/replacements.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

const directory = join(root, "node_modules/.cache/aethrolink");

/** Whether Node writes down what processes of it execute. */
const counts = process.env["NODE_V8_COVERAGE"];
const isCounted = counts !== undefined;

/** A program of this repository as one file, made from its source as it is now; it starts three times as fast. */
async function bundled(name: string, source: string): Promise<string> {
  const { outputFiles = [] } = await build({
    stdin: { contents: source, resolveDir: root, loader: "ts" },
    bundle: true,
    write: false,
    outfile: join(directory, "program.mjs"),
    sourcemap: isCounted && "external",
    platform: "node",
    format: "esm",
    target: "node22",
    external: ["better-sqlite3"],
    plugins: [replacements],
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
    logLevel: "error",
  });
  const text = outputFiles.find((file) => file.path.endsWith(".mjs"))?.text ?? "";
  const map = outputFiles.find((file) => file.path.endsWith(".map"))?.text;
  const path = join(directory, `${name}-${createHash("sha256").update(text).digest("hex").slice(0, 16)}.mjs`);
  mkdirSync(directory, { recursive: true });
  if (map !== undefined) writeFileSync(`${path}.map`, map);
  // The node serves them from beside its bundle.
  for (const name of ["openapi.json", "reference.html"]) {
    copyFileSync(join(root, "generated", name), join(directory, name));
  }
  if (!existsSync(path)) {
    writeFileSync(`${path}.${process.pid}`, text);
    renameSync(`${path}.${process.pid}`, path);
  }
  return path;
}

const programs = new Map<string, Promise<string>>();

function programOf(name: string, source: string): Promise<string> {
  const known = programs.get(name) ?? bundled(name, source);
  programs.set(name, known);
  return known;
}

/** The file of `alink-node`. */
export const nodeProgram = () =>
  programOf(
    "alink-node",
    'import { runNode } from "./src/node-command.ts"; await runNode(process.argv.slice(2), process.env);',
  );

/** The command of the shipped fake; one file, since it is started often. */
export async function fakeCommand(...flags: string[]): Promise<string[]> {
  const path = await programOf("fake-acp-client-agent", 'import "./cli/fakes/acp-client-agent.ts";');
  // A node hands its processes no variable that nobody named.
  const counted = isCounted ? ["/usr/bin/env", `NODE_V8_COVERAGE=${counts}`] : [];
  return [...counted, process.execPath, path, ...flags];
}

/** The file of the shipped fake that is reached over HTTP. */
export const commAgentProgram = () =>
  programOf("fake-acp-comm-agent", 'import "./cli/fakes/acp-comm-agent.ts";');

/** The command of a program of tests/fixtures/agents. */
export function fixtureCommand(name: string, ...flags: string[]): string[] {
  return [process.execPath, join(root, `tests/fixtures/agents/${name}.mjs`), ...flags];
}

/** What a registry says of a target, without its adapter. */
export interface TargetEntry {
  /** Absent: a server that others run. */
  readonly command?: readonly string[];
  readonly env?: { readonly [name: string]: string };
  readonly timeout_ms?: number;
  /** More of `launch`. */
  readonly launch?: { readonly [key: string]: unknown };
  /** Beside `launch`. */
  readonly more?: { readonly [key: string]: unknown };
}

/** A registry as a file can hold it. */
export function registryText(targets: { readonly [name: string]: TargetEntry }): string {
  const runtimes = Object.entries(targets).map(([name, entry]) => {
    const { command, env, timeout_ms, launch, more } = entry;
    return [name, { adapter: "acp", launch: { command, env, timeout_ms, ...launch }, ...more }];
  });
  return JSON.stringify({ runtimes: Object.fromEntries(runtimes) });
}
