/** The packages as somebody gets them who installs them for all of the machine. */
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { expect, it } from "vitest";
import { findOlderNode } from "./older-node.ts";
import { hasRegistry } from "./packed-client.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const olderNode = findOlderNode();

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

/** Packs a package. @returns the file, and the paths in it */
async function pack(folder: string, to: string): Promise<{ file: string; paths: string[]; bytes: number }> {
  const args = ["pack", "--json", "--pack-destination", to];
  const { stdout } = await execa("npm", args, { cwd: join(root, folder) });
  const told = JSON.parse(stdout) as Packed[] | { readonly [name: string]: Packed };
  const [packed] = Object.values(told);
  if (packed === undefined) throw new Error(stdout);
  return {
    file: join(to, packed.filename.replace("@", "").replace("/", "-")),
    paths: packed.files.map(({ path }) => path).sort(),
    bytes: packed.files.reduce((sum, { size }) => sum + size, 0),
  };
}

function scratch(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "aethrolink-global-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}

it("the package has its programs, its licence and a page, and nothing else", async () => {
  using place = scratch();
  const { paths, bytes } = await pack("cli", place.path);
  const { bin } = JSON.parse(readFileSync(join(root, "cli/package.json"), "utf8")) as {
    bin: Record<string, string>;
  };
  const known = [
    /^bin\/[a-z-]+\.mjs$/,
    /^dist\/[a-z-]+\.mjs(\.LEGAL\.txt)?$/,
    /^dist\/chunks\/[\w.-]+\.mjs$/,
    /^dist\/skills\/alink-agent\/(SKILL|references\/commands)\.md$/,
  ];
  const files = ["LICENSE", "README.md", "package.json", "dist/openapi.json", "dist/reference.html"];
  const skill = ["SKILL.md", "references/commands.md"].map((page) => `dist/skills/alink-agent/${page}`);
  expect(paths).toEqual(expect.arrayContaining([...files, ...skill, ...Object.values(bin)]));
  const others = paths.filter((path) => !files.includes(path) && !known.some((form) => form.test(path)));
  expect(others.filter((path) => !/^dist\/chunks\/[\w.-]+\.LEGAL\.txt$/.test(path))).toEqual([]);
  // Of an earlier build nothing goes along: what there is is named by what there is.
  const texts = paths
    .filter((path) => path.endsWith(".mjs"))
    .map((path) => readFileSync(join(root, "cli", path), "utf8"));
  const chunks = paths.filter((path) => /^dist\/chunks\/.*\.mjs$/.test(path)).map((path) => path.slice(12));
  expect(chunks.filter((name) => !texts.some((text) => text.includes(name)))).toEqual([]);
  expect(bytes).toBeLessThan(12 * 1024 * 1024);
});

it("the client's package has what is compiled, with its types", async () => {
  using place = scratch();
  const { paths } = await pack("generated/client", place.path);
  expect(paths).toEqual(
    expect.arrayContaining(["LICENSE", "README.md", "package.json", "dist/index.js", "dist/index.d.ts"]),
  );
  const others = paths.filter(
    (path) => !/^(LICENSE|README\.md|package\.json|dist\/.*\.(d\.ts|js))$/.test(path),
  );
  expect(others).toEqual([]);
});

const canInstall = await hasRegistry();

it.skipIf(!canInstall || olderNode === undefined)(
  "installed globally under an older Node, a node starts, takes a task from the command line, and stops",
  async () => {
    using place = scratch();
    const prefix = join(place.path, "prefix");
    mkdirSync(prefix);
    const { file } = await pack("cli", place.path);
    // Only the older Node, and what the system has.
    const env = {
      PATH: [join(prefix, "bin"), dirname(olderNode ?? ""), "/usr/bin", "/bin"].join(":"),
      HOME: place.path,
      AETHROLINK_DATA_DIR: join(place.path, "data"),
      npm_config_cache: (await execa("npm", ["config", "get", "cache"])).stdout,
      ...Object.fromEntries(
        Object.entries(process.env).filter(([name]) => /proxy|registry|CA_CERTS/i.test(name)),
      ),
    };
    const options = { env, extendEnv: false, cwd: place.path, reject: false } as const;
    const install = [
      "install",
      "--global",
      "--prefix",
      prefix,
      "--prefer-offline",
      "--no-audit",
      "--no-fund",
      file,
    ];
    const installed = await execa("npm", install, { ...options, all: true });
    expect({ code: installed.exitCode, all: installed.all }).toMatchObject({ code: 0 });

    const program = (name: string) => join(prefix, "bin", name);
    const older = await execa("node", ["-p", "process.versions.node"], options);
    expect(Number.parseInt(older.stdout, 10)).toBeLessThan(24);
    for (const name of ["alink-cli", "alink-node"]) {
      expect((await execa(program(name), ["--version"], options)).stdout).toBe("0.1.0");
    }
    writeFileSync(
      join(place.path, "registry.yaml"),
      JSON.stringify({
        runtimes: { echo: { adapter: "acp", launch: { command: [program("fake-acp-client-agent")] } } },
      }),
    );
    const node = execa(program("alink-node"), ["--port", "0", "--registry", "registry.yaml"], options);
    await once(node.stdout, "data");
    const words = ["call", "--target", "echo", "--intent", "try.it", "--text", "hello", "--wait"];
    const called = await execa(program("alink-cli"), words, options);
    expect({ code: called.exitCode, out: called.stdout }).toEqual({
      code: 0,
      out: expect.stringContaining("echo: hello"),
    });
    const shown = await execa(program("alink-cli"), ["skill"], options);
    expect(shown).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^---\nname: alink-agent\n/) });
    const copied = await execa(program("alink-node"), ["backup", "copy"], options);
    expect(copied).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("1 task") });
    node.kill("SIGTERM");
    expect(await node).toMatchObject({ exitCode: 0 });
  },
);
