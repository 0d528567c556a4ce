/**
 * How much of what a runtime asks or says of a failure is told, whatever it speaks. What is cut is masked
 * first: a cut secret is no longer known.
 */

/** Characters of a question. */
export const longestPrompt = 2000;
/** Characters of an option's name; one whose id or kind is longer can't be chosen, and is left out. */
export const longestName = 200;
export const mostOptions = 20;
/** Characters of why a run has failed. */
export const longestDetail = 2000;

/**
 * The beginning of a text; no character is cut in two.
 * @param longest characters, as UTF-16 counts them
 * @param largest bytes as JSON, the quotes among them; default: as many as there are
 */
export function cut(text: string, longest: number, largest = Number.POSITIVE_INFINITY): string {
  const kept = text.slice(0, longest);
  const whole = kept.length < text.length ? kept.replace(/[\uD800-\uDBFF]$/, "") : kept;
  const size = Number.isFinite(largest) ? Buffer.byteLength(JSON.stringify(whole)) : 0;
  return size <= largest ? whole : cut(whole, Math.floor((whole.length * largest) / size), largest);
}
