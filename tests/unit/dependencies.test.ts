import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { nodeProgram } from "../programs.ts";

const root = new URL("../..", import.meta.url);

/** The packages that the project is built on, and the file in which each does its work. */
const work: readonly (readonly [string, string])[] = [
  ["@ts-rest/core", "contracts/index.ts"],
  ["@ts-rest/express", "src/http/app.ts"],
  ["express", "src/http/app.ts"],
  ["zod", "contracts/task-request.ts"],
  ["drizzle-orm", "src/store/schema.ts"],
  ["better-sqlite3", "src/store/open.ts"],
  ["yaml", "src/yaml-file.ts"],
  ["execa", "src/processes/supervise.ts"],
  ["@agentclientprotocol/sdk", "src/adapters/acp/connection.ts"],
  ["jose", "src/network/identity/ed25519.ts"],
  ["pino", "src/log.ts"],
  ["ulid", "src/store/ulid.ts"],
  ["orval", "configs/generate/client.ts"],
  ["@oclif/core", "cli/base.ts"],
  ["oclif", "configs/generate/command-line.ts"],
  ["msw", "generated/msw/handlers.ts"],
  ["esbuild", "configs/build.ts"],
  ["vitest", "configs/vitest.ts"],
];

it.each(work)("%s does its work in %s", (name, file) => {
  const used = new RegExp(`(?:from|import)\\s*\\(?\\s*"${name}(?:/[^"]*)?"|"node_modules/${name}/bin/`);
  expect(readFileSync(new URL(file, root), "utf8")).toMatch(used);
});

it("the node's bundle imports nothing that loads undici, which takes 30 ms and 13 MB", async () => {
  const bundle = readFileSync(await nodeProgram(), "utf8");
  expect(bundle).not.toMatch(/^import .*from "(node:)?http";$/m);
});
