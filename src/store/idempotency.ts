/** Which keys were used for which task; a row is written in its task's own commit. */
import { lt, sql } from "drizzle-orm";
import type { Clock } from "#src/core/ports.ts";
import { idempotencyKeys } from "./schema.ts";
import { builder, columnsOf, prepare, type Sqlite } from "./sql.ts";

/** What a key is unique in. */
export interface KeyScope {
  readonly principal: string;
  readonly method: string;
  readonly path: string;
  readonly key: string;
}

export interface KeyUse {
  readonly body_sha256: string;
  readonly task_id: string;
}

export interface IdempotencyKeys {
  /** How a key was used in the last 24 hours. Reads what has been written, be it committed or not. */
  find(scope: KeyScope): KeyUse | undefined;
  /** To be called inside the task's commit. */
  insert(scope: KeyScope, use: KeyUse): void;
  /** Forgets keys older than 24 hours, as many as `limit`. @returns how many */
  forgetOld(limit: number): number;
}

const keptMs = 24 * 60 * 60 * 1000;

/** Prepares the statements of keys. */
export function openIdempotencyKeys(writer: Sqlite, clock: Clock): IdempotencyKeys {
  const db = builder(writer);
  const value = sql.placeholder;
  const insert = prepare(writer, db.insert(idempotencyKeys).values(columnsOf(idempotencyKeys)));
  const scoped = sql`principal = ${value("principal")} AND method = ${value("method")} AND path = ${value("path")} AND key = ${value("key")}`;
  const find = prepare<KeyUse & { created_at: string }>(
    writer,
    db.select().from(idempotencyKeys).where(scoped),
  );
  const forgetOne = prepare(writer, db.delete(idempotencyKeys).where(scoped));
  const forgetOld = prepare(
    writer,
    db
      .delete(idempotencyKeys)
      .where(
        sql`rowid IN (SELECT rowid FROM ${idempotencyKeys} WHERE ${lt(idempotencyKeys.created_at, value("before"))} ORDER BY ${idempotencyKeys.created_at} LIMIT ${value("limit")})`,
      ),
  );
  const oldest = () => new Date(clock.now() - keptMs).toISOString();
  return {
    find(scope) {
      const row = find.get({ ...scope });
      return row === undefined || row.created_at < oldest() ? undefined : row;
    },
    insert(scope, use) {
      forgetOne.run({ ...scope });
      insert.run({ ...scope, ...use, created_at: new Date(clock.now()).toISOString() });
    },
    forgetOld: (limit) => forgetOld.run({ before: oldest(), limit }).changes,
  };
}
