/**
 * Writes everything below generated/, from the contract and the tables in code, and the figures of
 * docs/performance.md with their plots, from the report of the benchmarks; run by `npm run generate`.
 * With --check nothing is written, and whatever differs is named. With --without-migrations none is
 * added: while a schema is being changed, each attempt would be one.
 */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { clientOperations } from "#contracts/openapi/operations.ts";
import { openapiDocument } from "#contracts/openapi.ts";
import { version } from "#src/version.ts";
import { readReport } from "../tests/bench/report.ts";
import { clientSources } from "./generate/client.ts";
import { commandLineReference } from "./generate/command-line.ts";
import { guaranteesTable } from "./generate/guarantees.ts";
import { mswSources } from "./generate/msw.ts";
import { plotsOf, withFigures } from "./generate/performance.ts";
import { referencePage } from "./generate/reference.ts";
import { configTable, errorsTable, machineTable, registryTable } from "./generate/tables.ts";
import { migrationsModule } from "./migrations.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const drizzle = join(root, "node_modules/drizzle-kit/bin.cjs");

/** A file, by its path from the root, and what it shall hold. */
interface Output {
  readonly path: string;
  readonly content: string;
}

/** Folders that hold nothing but outputs. */
const ours = ["generated/tables", "generated/client/src", "generated/msw", "docs/plots"];

function performance(): Output[] {
  const report = readReport(join(root, "docs/measurements/bench.json"));
  const path = "docs/performance.md";
  return [
    { path, content: withFigures(readFileSync(join(root, path), "utf8"), report) },
    ...plotsOf(report).map(({ name, content }) => ({ path: `docs/plots/${name}`, content })),
  ];
}

async function outputs(): Promise<Output[]> {
  const document = openapiDocument(version);
  const forPrograms = openapiDocument(version, clientOperations());
  const client = await clientSources(forPrograms);
  const below = [
    { path: "openapi.json", content: `${JSON.stringify(document, null, 2)}\n` },
    { path: "reference.html", content: referencePage(document) },
    ...client.map(({ path, content }) => ({ path: `client/${path}`, content })),
    ...mswSources(forPrograms).map(({ path, content }) => ({ path: `msw/${path}`, content })),
    { path: "migrations/index.ts", content: migrationsModule() },
    { path: "tables/errors.md", content: errorsTable() },
    { path: "tables/task-machine.md", content: machineTable() },
    { path: "tables/config.md", content: configTable() },
    { path: "tables/registry.md", content: registryTable() },
    { path: "tables/guarantees.md", content: guaranteesTable() },
    { path: "tables/command-line.md", content: await commandLineReference(client) },
  ];
  return [...below.map(({ path, content }) => ({ path: `generated/${path}`, content })), ...performance()];
}

function runDrizzle(flags: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [drizzle, "generate", ...flags], {
    cwd: root,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`drizzle-kit failed:\n${stdout}${stderr}`);
  return stdout;
}

/** Whether the migrations lag behind the schema; looked up in a copy. */
function migrationsLag(): boolean {
  const copy = mkdtempSync(join(tmpdir(), "aethrolink-migrations-"));
  try {
    cpSync(join(root, "generated/migrations"), copy, { recursive: true });
    const flags = ["--dialect=sqlite", "--schema=./src/store/schema.ts", `--out=${relative(root, copy)}`];
    return !runDrizzle(flags).includes("No schema changes");
  } finally {
    rmSync(copy, { recursive: true });
  }
}

function strays(all: readonly Output[]): string[] {
  const known = new Set(all.map(({ path }) => path));
  return ours
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(root, join(entry.parentPath, entry.name))),
    )
    .filter((path) => !known.has(path));
}

const current = (path: string) => {
  const file = join(root, path);
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
};

function check(all: readonly Output[]): void {
  const differing = [
    ...all.filter(({ path, content }) => current(path) !== content).map(({ path }) => path),
    ...strays(all),
    ...(migrationsLag() ? ["generated/migrations (the schema has changed)"] : []),
  ];
  if (differing.length === 0) return;
  for (const path of differing) process.stderr.write(`${path} is not up to date\n`);
  process.stderr.write("run npm run generate, and commit what it writes\n");
  process.exit(1);
}

function write(all: readonly Output[]): void {
  for (const path of strays(all)) rmSync(join(root, path));
  for (const { path, content } of all) {
    if (current(path) === content) continue;
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    process.stdout.write(`wrote ${path}\n`);
  }
}

const checking = process.argv.includes("--check");
if (!checking && !process.argv.includes("--without-migrations"))
  runDrizzle(["--config=configs/drizzle.config.ts"]);
const all = await outputs();
if (checking) check(all);
else write(all);
