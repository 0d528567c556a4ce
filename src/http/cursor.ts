/** Positions in lists: the id of a page's last row, so that nobody counts on their form. */
import { fail } from "#src/errors.ts";

const cursorOf = (id: string) => Buffer.from(id).toString("base64url");

/** The id that a cursor stands for; undefined: the first page. */
export function idOfCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const id = Buffer.from(cursor, "base64url").toString();
  if (!/^[0-9A-Z]{26}$/.test(id))
    fail("invalid_request", "The cursor is not a next_cursor of an earlier answer.");
  return id;
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
