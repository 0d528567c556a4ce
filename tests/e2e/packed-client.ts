/** Empty projects with our client in them, as somebody elsewhere would have it. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Whether packages can be had here; a word is said where they can't.
 * @throws in CI where they can't
 */
export async function hasRegistry(): Promise<boolean> {
  const ask = [
    "view",
    "typescript@5",
    "version",
    "--fetch-retries=0",
    "--fetch-timeout=20000",
    "--loglevel=error",
  ];
  const { exitCode, stderr } = await execa("npm", ask, { reject: false });
  if (exitCode === 0) return true;
  const reason = `the package registry can't be reached: ${stderr.split("\n")[0]}`;
  if (process.env["CI"] === "true") throw new Error(reason);
  process.stderr.write(`tests that install packages are skipped: ${reason}\n`);
  return false;
}

export interface Project extends Disposable {
  readonly path: string;
  write(name: string, text: string): void;
  /** Runs a program in it. */
  run(
    program: string,
    ...args: string[]
  ): Promise<{ readonly code: number | undefined; readonly all: string }>;
}

/** An empty directory with a package.json. */
export function createProject(): Project {
  const path = mkdtempSync(join(tmpdir(), "aethrolink-project-"));
  const write = (name: string, text: string) => writeFileSync(join(path, name), text);
  write("package.json", JSON.stringify({ name: "elsewhere", private: true, type: "module" }));
  return {
    path,
    write,
    async run(program, ...args) {
      const { exitCode, all } = await execa(program, args, { cwd: path, reject: false, all: true });
      return { code: exitCode, all };
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** Packs our client and installs it into a project, with what it depends on. */
export async function installClient(project: Project): Promise<void> {
  const packed = join(project.path, "packed");
  mkdirSync(packed);
  await execa("npm", ["pack", "--pack-destination", packed], { cwd: join(root, "generated/client") });
  const [file = ""] = readdirSync(packed);
  const { code, all } = await project.run("npm", "install", "--no-audit", "--no-fund", join(packed, file));
  if (code !== 0) throw new Error(all);
}

/** The repository's compiler, strict, on a project's files. */
export function typeCheck(project: Project, ...files: string[]) {
  const strict = ["--strict", "--noEmit", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess"];
  const modules = [
    "--module",
    "nodenext",
    "--target",
    "es2022",
    "--lib",
    "es2023,dom,dom.iterable,dom.asynciterable",
  ];
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  return project.run(
    process.execPath,
    tsc,
    ...strict,
    ...modules,
    "--types",
    "node",
    "--typeRoots",
    join(root, "node_modules/@types"),
    ...files,
  );
}
