/**
 * Bundles the programs into cli/dist and compiles the client package; run by `npm run build`. With --maps it
 * also writes where each line comes from to .cache/maps, for what counts the branches; it isn't shipped.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { replacements } from "./replacements.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "cli/dist");

/** Programs, by the name of their bundle. */
const programs = {
  node: join(root, "src/node-command.ts"),
  cli: join(root, "cli/cli.ts"),
  "fake-acp-client-agent": join(root, "cli/fakes/acp-client-agent.ts"),
  "fake-acp-comm-agent": join(root, "cli/fakes/acp-comm-agent.ts"),
};

/** What `alink-cli skill` prints and installs. */
const pages = readdirSync(join(root, "skills"), { recursive: true, encoding: "utf8" }).filter((path) =>
  path.endsWith(".md"),
);

/** What the node serves from beside its bundle. */
const served = ["openapi.json", "reference.html"];

// CommonJS packages inside an ES module still ask for their built-in modules by require.
const requireBanner =
  'import { createRequire as createRequireOfBundle } from "node:module"; const require = createRequireOfBundle(import.meta.url);';

/** Compiles the client package, and leaves nothing in it that is not made of its source as it is now. */
function compileClient(): void {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const args = [tsc, "-p", "generated/client", "--listEmittedFiles"];
  const { status, stdout } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) {
    process.stderr.write(stdout);
    process.exit(status ?? 1);
  }
  const emitted = new Set([...stdout.matchAll(/^TSFILE: (.+)$/gm)].map(([, path]) => path));
  // After compiling, since a program that runs may be about to read one.
  const clientDist = join(root, "generated/client/dist");
  for (const path of readdirSync(clientDist).map((name) => join(clientDist, name))) {
    if (!emitted.has(path)) rmSync(path, { recursive: true });
  }
}

/** In one step, so that a program that starts meanwhile reads the old file or the new one. */
function write(path: string, contents: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.${process.pid}`, contents);
  renameSync(`${path}.${process.pid}`, path);
}

/**
 * Those of earlier builds stay for a week, since a node that runs may still have to load one; but they
 * don't go into the package.
 */
function dropOldChunks(chunks: string, current: ReadonlySet<string>): void {
  const week = 7 * 24 * 3_600_000;
  const old = readdirSync(chunks).filter((name) => name.endsWith(".mjs") && !current.has(join(chunks, name)));
  const kept = old.filter((name) => Date.now() - statSync(join(chunks, name)).mtimeMs <= week);
  for (const name of old) if (!kept.includes(name)) rmSync(join(chunks, name));
  writeFileSync(join(chunks, ".npmignore"), kept.join("\n"));
}

compileClient();
const { outputFiles } = await build({
  entryPoints: programs,
  outdir: dist,
  write: false,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  splitting: true,
  chunkNames: "chunks/[name]-[hash]",
  // A native module, and what is only loaded where somebody reads along.
  external: ["better-sqlite3"],
  plugins: [replacements],
  banner: { js: requireBanner },
  legalComments: "linked",
  // But for the names of chunks, the bundles are the same with and without it.
  sourcemap: process.argv.includes("--maps") && "external",
  logLevel: "warning",
}).catch(() => process.exit(1)); // it has said what is wrong
// Chunks go before the programs that name them.
const chunks = join(dist, "chunks");
const rank = ({ path }: { path: string }) => (path.startsWith(chunks) ? 0 : 1);
const placeOf = (path: string) =>
  path.endsWith(".map") ? join(root, ".cache/maps", relative(dist, path)) : path;
for (const { path, contents } of outputFiles.toSorted((a, b) => rank(a) - rank(b)))
  write(placeOf(path), contents);
for (const name of served) write(join(dist, name), readFileSync(join(root, "generated", name)));
for (const path of pages) write(join(dist, "skills", path), readFileSync(join(root, "skills", path)));
for (const folder of ["cli", "generated/client"]) {
  write(join(root, folder, "LICENSE"), readFileSync(join(root, "LICENSE")));
}
dropOldChunks(chunks, new Set(outputFiles.map(({ path }) => path)));
