import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Free everywhere but in the core and the contracts. */
const everywhere = ["src/errors.ts", "src/log.ts", "src/version.ts", "src/clock.ts", "src/directories.ts"];

interface Layer {
  /** Files whose path begins so belong to it; the longest that fits decides. */
  readonly of: string;
  /** What it may import of ours, besides itself. */
  readonly may: readonly string[];
  /** Packages and built-in modules that it may import; absent: any. */
  readonly packages?: readonly string[];
}

const ofAdapters = ["contracts/enums.ts", "src/core/", "src/processes/", ...everywhere];

const layers: readonly Layer[] = [
  { of: "contracts/enums.ts", may: [], packages: [] },
  { of: "contracts/", may: ["contracts/"], packages: ["zod", "@ts-rest/core"] },
  { of: "src/core/", may: ["contracts/enums.ts"], packages: [] },
  { of: "src/store/", may: ["contracts/", "src/core/", "generated/migrations/", ...everywhere] },
  { of: "src/processes/", may: ["contracts/enums.ts", "src/core/", ...everywhere] },
  { of: "src/adapters/acp/", may: ofAdapters },
  { of: "src/adapters/acp-http/", may: ofAdapters },
  { of: "src/adapters/fake/", may: ofAdapters },
  { of: "src/network/", may: ["contracts/enums.ts", "src/core/", ...everywhere] },
  { of: "src/engine/", may: ["contracts/", "src/core/", "src/store/", ...everywhere] },
  { of: "src/http/", may: ["contracts/", "src/core/", "src/engine/", "src/store/", ...everywhere] },
  { of: "src/main.ts", may: ["contracts/", "src/"] },
  { of: "src/node-command.ts", may: ["contracts/", "src/"] },
  { of: "src/upkeep/", may: ["contracts/", "src/"] },
  ...[
    "clock",
    "config",
    "directories",
    "memory",
    "errors",
    "log",
    "registry",
    "registry-adapters",
    "version",
    "yaml-file",
  ].map((name) => ({
    of: `src/${name}.ts`,
    may: ["contracts/", "src/core/", "src/yaml-file.ts", "src/registry-adapters.ts", ...everywhere],
  })),
  { of: "src/doors.ts", may: ["src/http/", "src/config.ts", "src/core/", ...everywhere] },
  { of: "src/node-network.ts", may: ["contracts/", "src/"] },
  { of: "cli/", may: ["cli/"] },
  { of: "generated/client/", may: [], packages: ["eventsource-parser"] },
];

/** Writers of the store that HTTP never calls: the engine does. */
const writers = [
  "src/store/task-log.ts",
  "src/store/batch.ts",
  "src/store/launches.ts",
  "src/store/idempotency.ts",
];

const filesBelow = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.m?ts$/.test(file) && !/(^|\/)(dist|node_modules)\//.test(file))
    .map((file) => join(folder, file));

const importPattern =
  /(?:^|\n)\s*(?:import|export)\s[^;]*?from\s+"([^"]+)"|import\(\s*"([^"]+)"\s*\)|(?:^|\n)import\s+"([^"]+)"/g;

/** What a file imports: a path of ours, or the name of a package. */
function importsOf(file: string, text: string): string[] {
  return [...text.matchAll(importPattern)]
    .map((match) => match[1] ?? match[2] ?? match[3] ?? "")
    .map((name) => {
      if (name.startsWith("#")) return name.slice(1);
      return name.startsWith(".") ? relative("/", join("/", dirname(file), name)) : name;
    });
}

const isOurs = (name: string) => /^(contracts|src|cli|generated|configs|tests)\//.test(name);

/** What an import breaks; undefined: nothing. */
function breach(file: string, name: string): string | undefined {
  const layer = layers
    .filter((candidate) => file.startsWith(candidate.of))
    .sort((a, b) => b.of.length - a.of.length)[0];
  if (layer === undefined) return `${file} belongs to no layer`;
  const fine = isOurs(name)
    ? name.startsWith(layer.of) || layer.may.some((allowed) => name.startsWith(allowed))
    : layer.packages === undefined || layer.packages.includes(name);
  return fine ? undefined : `${file} may not import ${name}`;
}

/** Rules that go by the importing file and the name alone. */
function special(file: string, name: string): string | undefined {
  if (name.startsWith("@ts-rest/") && !/^(contracts|src\/http)\//.test(file)) {
    return `${file} may not import ${name}: it belongs to contracts and src/http`;
  }
  if (file.startsWith("src/http/") && writers.includes(name))
    return `${file} may not import the writer ${name}`;
  return undefined;
}

function breaches(file: string, text: string): string[] {
  const impure = /\b(Date\.now|new Date\(\)|Math\.random|setTimeout|performance\.now)\b/.exec(text);
  const clock = file.startsWith("src/core/") && impure !== null ? [`${file} uses ${impure[0]}`] : [];
  const names = importsOf(file, text);
  return [...names.flatMap((name) => breach(file, name) ?? special(file, name) ?? []), ...clock];
}

describe("the layers", () => {
  const files = ["contracts", "src", "cli", "generated/client/src"].flatMap(filesBelow);

  it("hold in every file", () => {
    expect(files.length).toBeGreaterThan(50);
    expect(files.flatMap((file) => breaches(file, readFileSync(join(root, file), "utf8")))).toEqual([]);
  });

  it.each([
    ["src/core/route.ts", 'import { readFileSync } from "node:fs";\n'],
    ["src/core/route.ts", "const at = Date.now();\n"],
    ["src/core/route.ts", 'import { z } from "zod";\n'],
    ["src/store/open.ts", 'import { createTask } from "#src/engine/create-task.ts";\n'],
    ["src/engine/follow.ts", 'import { createAcpAdapter } from "../adapters/acp/index.ts";\n'],
    ["src/engine/follow.ts", 'import { initContract } from "@ts-rest/core";\n'],
    ["src/adapters/acp/index.ts", 'import { createFakeAdapter } from "../fake/index.ts";\n'],
    ["src/http/sse.ts", 'const log = await import("#src/store/task-log.ts");\n'],
    ["contracts/tasks.ts", 'import { next } from "#src/core/task-machine.ts";\n'],
    ["cli/base.ts", 'export { errorTable } from "#contracts/errors.ts";\n'],
    ["generated/client/src/index.ts", 'import type { TaskRecord } from "#contracts/tasks.ts";\n'],
    ["src/registry.ts", 'import { openStore } from "./store/open.ts";\n'],
    ["src/services/tasks.ts", 'import { next } from "../core/task-machine.ts";\n'],
  ])("a breach planted in %s is found", (file, text) => {
    expect(breaches(file, text)).toHaveLength(1);
  });
});

describe("the size of files", () => {
  it("stays below 400 lines, so that each holds one subject", () => {
    const long = ["src", "cli", "contracts", "tests"]
      .flatMap(filesBelow)
      .map((file) => ({ file, lines: readFileSync(join(root, file), "utf8").split("\n").length }))
      .filter(({ lines }) => lines > 400);
    expect(long).toEqual([]);
  });
});

it("no file of the clone is looked for by the path of its URL, in which a space is %20", () => {
  const files = ["configs", "cli", "src", "tests"].flatMap(filesBelow);
  const wrong = /import\.meta\.url\)\s*\.pathname/;
  expect(files.filter((file) => wrong.test(readFileSync(join(root, file), "utf8")))).toEqual([]);
});
