/** The guarantees with their figures, from the table of the soak and from what was measured last. */
import { existsSync, readFileSync } from "node:fs";
import { guarantees } from "../../tests/soak/guarantees.ts";
import type { Report, Result } from "../../tests/soak/report.ts";
import { code, table } from "./markdown.ts";

const measured = new URL("../../docs/measurements/soak.json", import.meta.url);

function lastReport(): Report | undefined {
  return existsSync(measured) ? (JSON.parse(readFileSync(measured, "utf8")) as Report) : undefined;
}

const figureOf = (result: Result | undefined): string => {
  if (result === undefined) return "not run yet with the full counts";
  const { says, date, commit, passed } = result;
  return `${passed ? "" : "**failed**: "}${says} (${date.slice(0, 10)}, ${code(commit)})`;
};

const countsOf = (full: { readonly [name: string]: number }) =>
  Object.entries(full)
    .map(([name, count]) => code(`${name}=${count}`))
    .join(" ");

/** generated/tables/guarantees.md */
export function guaranteesTable(): string {
  const report = lastReport();
  const rows = guarantees.map(({ id, promise, tests, full }) => [
    id,
    promise,
    figureOf(report?.results.find((result) => result.id === id)),
    [...tests.map(code), countsOf(full)].filter((part) => part !== "").join(", "),
  ]);
  const where =
    report === undefined
      ? "No soak was kept yet."
      : `Measured on ${report.machine}, each on the day beside it.`;
  return (
    "# Guarantees and figures\n\n" +
    `${where} ${code("npm run soak -- --only G1")} shows one again, ${code("npm run soak")} all of them; ` +
    `${code("--json docs/measurements/soak.json")} keeps what this page is made from.\n\n` +
    table(
      ["guarantee", "promise", "figures with the full counts", "tests, and what raises their counts"],
      rows,
    )
  );
}
