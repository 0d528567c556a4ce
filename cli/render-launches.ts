/** Launches in words: a line for each, then what those wrote that failed. */
import type { LaunchRecord } from "@aethrolink/client";
import { oneLine, shorten, table } from "./render.ts";

/** Of a launch that failed, so many of the last lines are shown unasked. */
const lastLines = 12;

/** Why it ended, and what it wrote to standard error. */
function partsOf({ error_text }: LaunchRecord): { why: string; written: string[] } {
  const [why = "", ...written] = (error_text ?? "").trimEnd().split("\n");
  return { why, written };
}

/**
 * Launches, newest first.
 * @param whole also what those wrote that did not fail, and all that is kept of it
 */
export function launchesInWords(launches: readonly LaunchRecord[], whole: boolean): string {
  const rows = launches.map((launch) => ({
    launch: launch.launch_id,
    status: launch.status,
    context: launch.subcontext_key,
    pid: launch.pid === null ? "" : String(launch.pid),
    started: launch.started_at,
    ended: launch.ended_at ?? "",
    why: shorten(oneLine(partsOf(launch).why), 80),
  }));
  const told = launches.filter(({ status }) => whole || status === "failed");
  return [table(rows, "It was never started."), ...told.map((launch) => detailOf(launch, whole))].join(
    "\n\n",
  );
}

function detailOf(launch: LaunchRecord, whole: boolean): string {
  const { why, written } = partsOf(launch);
  const shown = whole ? written : written.slice(-lastLines);
  const left = written.length - shown.length;
  return [
    `${launch.launch_id}: ${launch.command.map(quoted).join(" ")}`,
    `  ${why === "" ? `it is ${launch.status}` : why}`,
    ...(left > 0 ? [`  … ${left} lines more: --stderr`] : []),
    ...shown.map((line) => `  | ${line}`),
  ].join("\n");
}

const quoted = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word));
