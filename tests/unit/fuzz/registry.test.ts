/**
 * Any text as the registry file: either a registry, or a StartError with the places of its mistakes, and
 * never another exception. To repeat a failure or to try more: tests/fuzz.ts.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { stringify } from "yaml";
import { StartError } from "#src/errors.ts";
import { readRegistry } from "#src/registry.ts";
import { fuzzed, fuzzTimeout } from "../../fuzz.ts";

const folder = mkdtempSync(join(tmpdir(), "aethrolink-fuzz-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, "registry.yaml");

const name = fc.constantFrom("research", "core", "a", "Not A Name", "__proto__", "constructor", "", "self");
const command = fc.oneof(
  fc.constant(["agent", "acp"]),
  fc.array(fc.string({ maxLength: 6 }), { maxLength: 3 }),
  fc.jsonValue({ maxDepth: 1 }),
);
/** Mostly right, anything now and then. */
const nearly = (right: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 6, arbitrary: right }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) });
const runtime = fc.record(
  {
    adapter: nearly(fc.constantFrom("acp", "acp_http", "acp_comm_http", "a2a")),
    dialect: nearly(fc.constantFrom("hermes", "openclaw", "generic", "goose", "acp")),
    launch: nearly(
      fc.record(
        {
          mode: nearly(fc.constantFrom("managed", "on_demand", "external")),
          command,
          commands: nearly(fc.dictionary(name, command, { maxKeys: 2 })),
          env: nearly(fc.dictionary(name, fc.string({ maxLength: 4 }), { maxKeys: 2 })),
          timeout_ms: nearly(fc.integer()),
        },
        { requiredKeys: [] },
      ),
    ),
    requires: nearly(
      fc.array(fc.record({ name, command, healthcheck: nearly(fc.webUrl()) }), { maxLength: 2 }),
    ),
    endpoint: nearly(fc.webUrl()),
    headers: nearly(fc.dictionary(name, fc.record({ env: name }), { maxKeys: 2 })),
    defaults: nearly(fc.record({ executor: name }, { requiredKeys: [] })),
    capabilities: nearly(fc.array(name, { maxLength: 3 })),
    permissions: nearly(fc.constantFrom("ask", "allow", "deny")),
    max_concurrency: nearly(fc.integer()),
  },
  { requiredKeys: [] },
);
const registry = fc.record(
  {
    runtimes: nearly(fc.dictionary(name, nearly(runtime), { maxKeys: 3 })),
    routes: nearly(fc.dictionary(name, nearly(fc.record({ runtime: name })), { maxKeys: 2 })),
    export: nearly(fc.array(name, { maxLength: 2 })),
    export_unsigned: nearly(fc.array(name, { maxLength: 2 })),
  },
  { requiredKeys: [] },
);

/** What YAML has that JSON hasn't. */
const yaml = fc.constantFrom(
  ...[
    "runtimes: ",
    "routes:",
    "  research: ",
    "    adapter: acp\n",
    "&a ",
    "*a",
    "*b",
    "<<: ",
    "- ",
    "? ",
    ": ",
    "|\n",
    ">-\n",
  ],
  ...[
    "!!binary ",
    "!!set ",
    "!!map ",
    "!tag ",
    "---\n",
    "...\n",
    "%YAML 1.2\n",
    "# note\n",
    "{",
    "}",
    "[",
    "]",
    ",",
    "'",
    '"',
  ],
  ...[
    "\n",
    "\n  ",
    "\t",
    "~",
    "0x1f",
    ".nan",
    "1e999",
    "2026-01-01",
    "\u0000",
    "\ufeff",
    "\u2028",
    "é",
    "launch: { command: [x] }\n",
  ],
);
/** A right document of text, a changed one, and what is hardly one. */
const text = fc.oneof(
  { weight: 3, arbitrary: registry.map((value) => stringify(value)) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(registry, fc.nat(), yaml)
      .map(([value, at, piece]) => spliced(stringify(value), at, piece)),
  },
  { weight: 3, arbitrary: fc.array(yaml, { maxLength: 14 }).map((pieces) => pieces.join("")) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 60 }) },
);

function spliced(whole: string, at: number, piece: string): string {
  const place = at % (whole.length + 1);
  return whole.slice(0, place) + piece + whole.slice(place);
}

/** What reading it comes to: a registry, or the lines that tell its mistakes. */
function outcome(): string[] | "registry" {
  try {
    expect(readRegistry(file).targets).toBeInstanceOf(Map);
    return "registry";
  } catch (thrown) {
    if (!(thrown instanceof StartError)) throw thrown;
    expect(thrown.exitCode).toBe(78);
    return (thrown.mistakes ?? []).map(({ message }) => message);
  }
}

it(
  "any text is a registry, or mistakes with their places",
  () => {
    const options = fuzzed<string>("registry", Number(process.env["FUZZ_RUNS"] ?? 300));
    let read = 0;
    fc.assert(
      fc.property(text, (given) => {
        writeFileSync(file, given);
        const found = outcome();
        if (found === "registry") {
          read++;
          return;
        }
        expect(found.length).toBeGreaterThan(0);
        for (const mistake of found) expect(mistake).toMatch(/^line [1-9]\d*, column [1-9]\d*: ./s);
      }),
      options,
    );
    // Not everything is a mistake, so that both ways are walked.
    expect(read).toBeGreaterThanOrEqual(Math.floor(options.numRuns / 100));
  },
  fuzzTimeout,
);

it("an alias that stands for nothing is told where it stands", () => {
  writeFileSync(
    file,
    "runtimes:\n  research: &known\n    adapter: acp\n    defaults: { executor: *unknown }\n",
  );
  expect(outcome()).toEqual([expect.stringMatching(/^line 4, column 27: Unresolved alias .*unknown/)]);
});
