/** The package brings no types. */
declare module "@bcoe/v8-coverage" {
  import type { Profiler } from "node:inspector";

  /** What several processes executed of one script, added up; undefined where there is none. */
  export function mergeScriptCovs(
    scripts: readonly Profiler.ScriptCoverage[],
  ): Profiler.ScriptCoverage | undefined;
}
