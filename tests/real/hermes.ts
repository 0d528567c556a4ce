/**
 * The real Hermes: from its registry into the user's cache, once for each version, and a home
 * of its own for each test.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findPythonProgram } from "../python-package.ts";

/** Its command, or why there is none here. */
export type Hermes = { readonly command: readonly string[] } | { readonly missing: string };

/**
 * Hermes, installed if it isn't yet (45 s, 230 MB).
 * @throws where REAL=require and it can't be had
 */
export async function findHermes(): Promise<Hermes> {
  const found = await findPythonProgram({
    name: "hermes-agent",
    extra: "acp",
    version: "0.19.0",
    program: "hermes-acp",
    check: ["--check"],
  });
  if (!("missing" in found)) return { command: [found.program] };
  if (process.env["REAL"] === "require") throw new Error(found.missing);
  process.stderr.write(`the tests with the real Hermes are skipped: ${found.missing}\n`);
  return found;
}

/**
 * Makes a home for it that knows one model.
 * @returns the environment in which it finds that home, and nothing of the user's
 */
export function makeHermesHome(home: string, modelUrl: string): { HOME: string; HERMES_HOME: string } {
  mkdirSync(home);
  const model = { default: "fake-model", provider: "custom", base_url: modelUrl, api_key: "sk-fake" };
  writeFileSync(join(home, "config.yaml"), JSON.stringify({ model }));
  return { HOME: home, HERMES_HOME: home };
}
