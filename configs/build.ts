/** Bundles the programs into cli/dist and compiles the client package; run by `npm run build`. */
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, rmSync } from "node:fs";
import { build } from "esbuild";

const root = new URL("..", import.meta.url).pathname;
const dist = `${root}cli/dist`;

/** Programs, by the name of their bundle. */
const programs = {
  node: `${root}src/node-command.ts`,
  cli: `${root}cli/cli.ts`,
  "fake-acp-client-agent": `${root}cli/fakes/acp-client-agent.ts`,
};

// CommonJS packages inside an ES module still ask for their built-in modules by require.
const requireBanner =
  'import { createRequire as createRequireOfBundle } from "node:module"; const require = createRequireOfBundle(import.meta.url);';

function compileClient(): void {
  const { status } = spawnSync(
    process.execPath,
    [`${root}node_modules/typescript/bin/tsc`, "-p", "generated/client"],
    {
      cwd: root,
      stdio: "inherit",
    },
  );
  if (status !== 0) process.exit(status ?? 1);
}

rmSync(`${root}generated/client/dist`, { recursive: true, force: true });
compileClient();
rmSync(dist, { recursive: true, force: true });
await build({
  entryPoints: Object.fromEntries(Object.entries(programs).filter(([, source]) => existsSync(source))),
  outdir: dist,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  splitting: true,
  chunkNames: "chunks/[name]-[hash]",
  // A native module, and what is only loaded where somebody reads along.
  external: ["better-sqlite3"],
  banner: { js: requireBanner },
  legalComments: "linked",
  logLevel: "warning",
});
for (const name of ["openapi.json", "reference.html"]) {
  copyFileSync(`${root}generated/${name}`, `${dist}/${name}`);
}
