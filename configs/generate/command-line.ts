/** The reference of the command line client, as oclif writes it from the commands' own descriptions. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));
const frame = `# The commands of alink-cli

<!-- commands -->
<!-- commandsstop -->
`;

/**
 * The page, in Markdown, from the sources as they are now.
 * @param client the files of the client as they were just made, which may not lie in generated/ yet
 */
export async function commandLineReference(
  client: readonly { readonly path: string; readonly content: string }[],
): Promise<string> {
  // Below the repository, so that the client finds what it imports.
  mkdirSync(join(root, "node_modules/.cache/aethrolink"), { recursive: true });
  const copy = mkdtempSync(join(root, "node_modules/.cache/aethrolink/cli-"));
  try {
    for (const { path, content } of client) {
      const file = join(copy, "client", path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    cpSync(join(root, "cli/package.json"), join(copy, "package.json"));
    await build({
      entryPoints: { cli: join(root, "cli/cli.ts") },
      outdir: join(copy, "dist"),
      outExtension: { ".js": ".mjs" },
      bundle: true,
      platform: "node",
      format: "esm",
      alias: { "@aethrolink/client": join(copy, "client/src/index.ts") },
      banner: {
        js: 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);',
      },
      logLevel: "warning",
    });
    const page = join(copy, "README.md");
    writeFileSync(page, frame);
    runOclif(["readme", "--plugin-directory", copy, "--readme-path", page, "--no-source-links"], copy);
    return readFileSync(page, "utf8");
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/** Keeps its own files in a directory, and doesn't ask the network for a newer version of itself. */
function runOclif(args: readonly string[], home: string): void {
  const oclif = join(root, "node_modules/oclif/bin/run.js");
  const places = { HOME: home, XDG_CACHE_HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home };
  const { status, stdout, stderr } = spawnSync(process.execPath, [oclif, ...args], {
    cwd: home,
    encoding: "utf8",
    env: { ...process.env, ...places, COLUMNS: "110", OCLIF_SKIP_NEW_VERSION_CHECK: "true" },
  });
  if (status !== 0) throw new Error(`oclif failed:\n${stdout}${stderr}`);
}
