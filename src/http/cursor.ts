/** Positions in lists: the id of a page's last row, so that nobody counts on their form. */
import { fail } from "#src/errors.ts";

const cursorOf = (id: string) => Buffer.from(id).toString("base64url");

/** The id that a cursor stands for; undefined: the first page. */
export function idOfCursor(cursor: string | undefined): string | undefined {
  return cursor === undefined ? undefined : textOf(cursor, /^[0-9A-Z]{26}$/);
}

/** The number of a row that a cursor stands for; without one, a number behind all. */
export function indexOfCursor(cursor: string | undefined): number {
  return cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(textOf(cursor, /^[1-9]\d{0,9}$/));
}

function textOf(cursor: string, form: RegExp): string {
  const text = Buffer.from(cursor, "base64url").toString();
  if (!form.test(text)) fail("invalid_request", "The cursor is not a next_cursor of an earlier answer.");
  return text;
}

/**
 * A page.
 * @param found one row more than the page may have, where there are so many
 */
export function pageOf<Row>(
  found: Row[],
  limit: number,
  idOf: (row: Row) => string,
): { page: Row[]; next_cursor: string | null } {
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return { page, next_cursor: found.length > limit && last !== undefined ? cursorOf(idOf(last)) : null };
}
