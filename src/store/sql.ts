/**
 * Drizzle writes the SQL, better-sqlite3 runs it: each statement is built from the schema once and
 * prepared once, and its parameters are bound by position, so that no query is built or mapped while
 * a task runs.
 */
import type { Database, Statement } from "better-sqlite3";
import { getTableColumns, is, Param, Placeholder, sql } from "drizzle-orm";
import { type BetterSQLite3Database, drizzle } from "drizzle-orm/better-sqlite3";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";

export type Sqlite = Database;
export type Builder = BetterSQLite3Database;

/** Anything that Drizzle can turn into SQL. */
interface Query {
  toSQL(): { sql: string; params: unknown[] };
}

/** Values of a statement's placeholders, by name. */
export type Values = { readonly [name: string]: unknown };

/** A statement that is prepared once. */
export interface Prepared<Row> {
  run(values: Values): { lastInsertRowid: number | bigint; changes: number };
  get(values: Values): Row | undefined;
  all(values: Values): Row[];
  /** One row after another; nothing else may be asked of the database before the last, or a break. */
  each(values: Values): Iterable<Row>;
}

/** @returns Drizzle's query builder over an open database */
export function builder(sqlite: Sqlite): Builder {
  return drizzle({ client: sqlite });
}

/**
 * Prepares a query.
 * @param query made by Drizzle, its variable parts as `sql.placeholder(name)`
 */
export function prepare<Row>(sqlite: Sqlite, query: Query): Prepared<Row> {
  const { sql: text, params } = query.toSQL();
  const statement: Statement<unknown[], Row> = sqlite.prepare(text);
  const bind = params.map((param) => {
    const inner = is(param, Param) ? param.value : param;
    return is(inner, Placeholder) ? (values: Values) => values[inner.name] ?? null : () => inner;
  });
  const bound = (values: Values) => bind.map((value) => value(values));
  return {
    run: (values) => statement.run(bound(values)),
    get: (values) => statement.get(bound(values)),
    all: (values) => statement.all(bound(values)),
    each: (values) => statement.iterate(bound(values)),
  };
}

/**
 * One placeholder for each column, under the column's own name.
 * @param table the table that a row goes into
 * @param without columns that the database fills by itself
 */
export function columnsOf<T extends SQLiteTable>(table: T, ...without: string[]): T["$inferInsert"] {
  const names = Object.keys(getTableColumns(table)).filter((name) => !without.includes(name));
  return Object.fromEntries(names.map((name) => [name, sql.placeholder(name)])) as T["$inferInsert"];
}
