/**
 * What programs of this repository executed in processes of their own, by the files that they are made of.
 * Node writes it down for each process that ends in order (NODE_V8_COVERAGE); one that is killed tells
 * nothing, so the count is at most too low.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { Profiler } from "node:inspector";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { mergeScriptCovs } from "@bcoe/v8-coverage";
import type { CoverageMapData } from "@vitest/istanbul-lib-coverage";
import { convert } from "ast-v8-to-istanbul";
import { parseAstAsync } from "vitest/node";

const root = fileURLToPath(new URL("../..", import.meta.url));
const dist = join(root, "cli/dist");

/** Where the lines of a bundle come from: beside it, or where `build.ts --maps` puts it. */
function mapOf(bundle: string): string | undefined {
  const places = [`${bundle}.map`, join(root, ".cache/maps", `${relative(dist, bundle)}.map`)];
  return places.find((place) => existsSync(place));
}

/** The scripts that the processes executed, with all that was written of each. */
function scriptsOf(dir: string): Map<string, Profiler.ScriptCoverage[]> {
  const scripts = new Map<string, Profiler.ScriptCoverage[]>();
  for (const name of readdirSync(dir)) {
    const { result } = JSON.parse(readFileSync(join(dir, name), "utf8")) as {
      result: Profiler.ScriptCoverage[];
    };
    for (const script of result) {
      if (!script.url.startsWith(`file://${root}`)) continue;
      const bundle = fileURLToPath(script.url);
      if (mapOf(bundle) !== undefined) scripts.set(bundle, [...(scripts.get(bundle) ?? []), script]);
    }
  }
  return scripts;
}

async function countOf(
  bundle: string,
  covered: readonly Profiler.ScriptCoverage[],
): Promise<CoverageMapData> {
  const map = mapOf(bundle) ?? "";
  const sourceMap = JSON.parse(readFileSync(map, "utf8")) as { version: number; sources: string[] };
  // A map in another place still names its sources as seen from the bundle.
  sourceMap.sources = sourceMap.sources.map((source) => resolve(dirname(bundle), source));
  const code = readFileSync(bundle, "utf8");
  const merged = mergeScriptCovs([...covered]) as Profiler.ScriptCoverage;
  return convert({
    code,
    sourceMap: sourceMap as never,
    ast: parseAstAsync(code) as never,
    coverage: merged,
  });
}

/** @param dir what the processes wrote */
export async function countPrograms(dir: string): Promise<CoverageMapData[]> {
  return Promise.all([...scriptsOf(dir)].map(([bundle, covered]) => countOf(bundle, covered)));
}
