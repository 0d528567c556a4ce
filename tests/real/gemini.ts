/** The real Gemini CLI, and a home of its own for each test. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Found } from "../installed.ts";
import { findNpmProgram, pathWithNode } from "../npm-package.ts";
import type { TargetEntry } from "../programs.ts";
import type { Place } from "./world.ts";

/** Gemini's CLI, installed if it isn't yet (10 s, 100 MB). */
export const findGemini = (): Promise<Found> =>
  findNpmProgram({
    name: "@google/gemini-cli",
    version: "0.61.0",
    program: "gemini",
    check: ["--version"],
  });

/** Gemini's CLI as a target that knows one model, and nothing of the user's. */
export function geminiTarget(program: string, { path, model }: Place): TargetEntry {
  const home = join(path, "gemini");
  mkdirSync(join(home, ".gemini"), { recursive: true });
  const settings = {
    security: { auth: { selectedType: "gemini-api-key" } },
    // Left to choose, it first asks another model which one to ask.
    model: { name: "gemini-2.5-flash" },
    // Its cleanup takes a session that was loaded once for an empty one, and deletes it.
    general: { sessionRetention: { enabled: false } },
    privacy: { usageStatisticsEnabled: false },
  };
  writeFileSync(join(home, ".gemini", "settings.json"), JSON.stringify(settings));
  return {
    command: [program, "--acp"],
    env: {
      HOME: home,
      PATH: pathWithNode,
      TMPDIR: home, // it leaves reports of errors there
      GEMINI_API_KEY: "fake-gemini-key",
      GOOGLE_GEMINI_BASE_URL: model.origin,
      GEMINI_CLI_NO_RELAUNCH: "true",
    },
    more: { dialect: "generic", auth_method: "gemini-api-key", capabilities: ["research.topic"] },
  };
}
