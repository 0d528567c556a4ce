/** Whether a test stands in a file, and runs. */

const special = /[.*+?^${}()|[\]\\]/g;

/** A test's name as a pattern, with anything where a table or a count fills it in. */
export const patternOf = (name: string): string =>
  name
    .split(/%[sdifjo#]|\$\w+|\$\{[^}]*\}/)
    .map((text) => text.replaceAll(special, "\\$&"))
    .join(".*");

/** @returns what is wrong with it; undefined: it is there, and nothing skips it */
export function wrongWith(source: string, name: string): string | undefined {
  const quoted = ["`", '"', "'"].map((quote) => `${quote}${name}${quote}`);
  const at = quoted.map((text) => source.indexOf(text)).find((found) => found >= 0);
  if (at === undefined) return "there is no such test";
  const calls = [...source.slice(0, at).matchAll(/^[ \t]*(?:it|test)((?:\.\w+)*)[(<]/gm)];
  const modifiers = calls.at(-1)?.[1];
  if (modifiers === undefined) return "it is no test's name";
  const skips = /^[ \t]*(?:it|test|describe)\.(?:skip|todo|only|fails)\b/m;
  if (skips.test(source) || /skip|todo|only|fails|runIf/.test(modifiers)) return "it may be skipped";
  return undefined;
}
