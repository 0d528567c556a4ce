/** The real Hermes, and a home of its own for each test. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Found } from "../installed.ts";
import type { TargetEntry } from "../programs.ts";
import { findPythonProgram } from "../python-package.ts";
import type { Place } from "./world.ts";

/** Hermes, installed if it isn't yet (45 s, 230 MB). */
export const findHermes = (): Promise<Found> =>
  findPythonProgram({
    name: "hermes-agent",
    extra: "acp",
    version: "0.19.0",
    program: "hermes-acp",
    check: ["--check"],
  });

/** Hermes as a target that knows one model, and nothing of the user's. */
export function hermesTarget(program: string, { path, model }: Place): TargetEntry {
  const home = join(path, "hermes");
  mkdirSync(home);
  const fake = { default: "fake-model", provider: "custom", base_url: model.url, api_key: "sk-fake" };
  writeFileSync(join(home, "config.yaml"), JSON.stringify({ model: fake }));
  return {
    command: [program],
    env: { HOME: home, HERMES_HOME: home },
    more: { dialect: "hermes", capabilities: ["research.topic"] },
  };
}
