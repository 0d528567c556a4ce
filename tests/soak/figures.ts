/** What tests of guarantees count, and how it gets into a report. */
import { appendFileSync, existsSync, readFileSync } from "node:fs";

export type Figures = { readonly [name: string]: number };

/** Names the file that figures are added to. */
export const figuresVariable = "FIGURES_FILE";

/**
 * Tells what a test counted. Only `npm run soak` listens; else nothing happens.
 * @param id of the guarantee that it shows
 */
export function tellFigures(id: string, figures: Figures): void {
  const file = process.env[figuresVariable];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ id, figures })}\n`);
}

/** What was told of a guarantee, all its tests together. */
export function figuresToldIn(file: string, id: string): Figures {
  if (!existsSync(file)) return {};
  const told = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { readonly id: string; readonly figures: Figures })
    .filter((each) => each.id === id);
  return Object.assign({}, ...told.map(({ figures }) => figures));
}

const shown = (figure: number) =>
  figure.toLocaleString("en", { maximumFractionDigits: Math.abs(figure) < 10 ? 2 : 1 });

/** A sentence whose `{name}`s are what was counted; what wasn't is a question mark. */
export function inWords(sentence: string, figures: Figures): string {
  return sentence.replace(/\{(\w+)\}/g, (_, name: string) => {
    const figure = figures[name];
    return figure === undefined ? "?" : shown(figure);
  });
}
