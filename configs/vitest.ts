import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("..", import.meta.url));

/** A suite: the tests of some folders. */
const suite = (name: string, include: string[], testTimeout: number, setupFiles: string[] = []) => ({
  extends: true as const,
  test: {
    name,
    include,
    testTimeout,
    hookTimeout: testTimeout,
    setupFiles: [...setupFiles, "tests/count-programs.ts"],
  },
});
const endNodes = ["tests/end-nodes.ts"];

export default defineConfig({
  root,
  test: {
    // Native modules and child processes: each file in a process of its own.
    pool: "forks",
    maxWorkers: 2,
    reporters: ["default"],
    coverage: {
      provider: "v8",
      include: ["contracts/**/*.ts", "src/**/*.ts", "cli/**/*.ts"],
      exclude: ["**/dist/**", "cli/bin/**"],
      reporter: ["text-summary", "json-summary"],
      reportsDirectory: "coverage",
    },
    projects: [
      suite(
        "quick",
        [
          "tests/unit/**/*.test.ts",
          "tests/conformance/*.test.ts",
          "tests/conformance/contract/{suite,msw}.test.ts",
          "tests/integration/**/*.test.ts",
        ],
        20_000,
      ),
      suite("contract", ["tests/conformance/contract/**/*.test.ts"], 60_000, endNodes),
      suite("e2e", ["tests/e2e/**/*.test.ts"], 120_000, endNodes),
      suite("faults", ["tests/faults/**/*.test.ts"], 300_000, endNodes),
      suite("real", ["tests/real/**/*.test.ts"], 300_000),
    ],
  },
});
