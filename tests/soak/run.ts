/**
 * Shows each guarantee with its full counts, one after another, and says its figures.
 *
 *   npm run soak -- [--only G1,G7] [--fresh] [--json FILE] [--part 0.05] [--list]
 *
 * What has passed with the same code isn't run again, so that a soak which was cut goes on where it was,
 * also by the report that it kept, on another machine; --fresh begins anew. With --part the counts are a part of the full ones, for a look at whether all of
 * it works; then nothing is remembered.
 */
import { parseArgs } from "node:util";
import { codeHere, commitHere } from "../measured.ts";
import type { Guarantee } from "./guarantee.ts";
import { guarantees } from "./guarantees.ts";
import { machine, passedBefore, type Result, writeReport } from "./report.ts";
import { countsOf, runGuarantee } from "./run-guarantee.ts";

const { values: flags } = parseArgs({
  options: {
    only: { type: "string", multiple: true, default: [] },
    fresh: { type: "boolean", default: false },
    json: { type: "string" },
    part: { type: "string", default: "1" },
    list: { type: "boolean", default: false },
  },
});
const say = (text: string) => process.stdout.write(`${text}\n`);

function refuse(text: string): never {
  process.stderr.write(`soak: ${text}\n`);
  process.exit(64);
}

function chosen(only: readonly string[]): readonly Guarantee[] {
  const ids = only.flatMap((list) => list.split(",")).map((id) => id.trim());
  const unknown = ids.filter((id) => guarantees.every((each) => each.id !== id));
  if (unknown.length > 0)
    refuse(`there is no ${unknown.join(", ")}; there are ${guarantees.map(({ id }) => id).join(", ")}`);
  return ids.length === 0 ? guarantees : guarantees.filter(({ id }) => ids.includes(id));
}

function tell({ id, promise, says, tests, seconds, passed, faults }: Result, before: boolean): void {
  say(`${passed ? "holds " : "FAILED"} ${id}: ${promise}`);
  say(
    `         ${says} (${tests} ${tests === 1 ? "test" : "tests"}, ${seconds} s${before ? ", run before with the same code" : ""})`,
  );
  for (const fault of faults) say(fault.replaceAll(/^/gm, "         "));
}

const part = Number(flags.part);
if (!(part > 0 && part <= 1)) refuse("--part is above 0 and at most 1");
const wanted = chosen(flags.only);
if (flags.list) {
  for (const each of wanted) say(`${each.id}\t${each.promise}\t${JSON.stringify(countsOf(each, part))}`);
  process.exit(0);
}

const commit = commitHere();
const code = codeHere();
const directory = `.soak/${code || "unknown"}`;
const remembers = part === 1 && code !== "";
const state = `${directory}/state.json`;
const done = new Map(
  (remembers && !flags.fresh ? [state, ...(flags.json === undefined ? [] : [flags.json])] : [])
    .flatMap((file) => passedBefore(file, code))
    .map((result) => [result.id, result]),
);
const head = { date: new Date().toISOString(), commit, code, machine: machine(), part };
say(`soak of ${commit || "a tree without git"} on ${head.machine}`);
if (part < 1) say(`with ${part} of the full counts: this shows that it works, not that the promises hold`);

const results: Result[] = [];
for (const guarantee of wanted) {
  const before = done.get(guarantee.id);
  const stem = `${directory}/${guarantee.id}`;
  const result = before ?? (await runGuarantee(guarantee, { stem, part, commit }));
  tell(result, before !== undefined);
  results.push(result);
  done.set(guarantee.id, result);
  if (remembers) writeReport(state, { ...head, results: [...done.values()] });
  if (flags.json !== undefined) writeReport(flags.json, { ...head, results });
}
const failed = results.filter(({ passed }) => !passed);
const seconds = Math.round(results.reduce((sum, result) => sum + result.seconds, 0));
say(`${results.length - failed.length} of ${results.length} hold; their tests took ${seconds} s`);
process.exitCode = failed.length === 0 ? 0 : 1;
