/** Which session of a runtime continues what. */
import { lt, sql } from "drizzle-orm";
import type { Clock, JsonObject } from "#src/core/ports.ts";
import type { BindingKey, SessionBinding, SessionBindings } from "#src/core/session-bindings.ts";
import type { Logger } from "#src/log.ts";
import type { Batch } from "./batch.ts";
import { sessionBindings } from "./schema.ts";
import { builder, columnsOf, prepare, type Sqlite } from "./sql.ts";

const keptMs = 30 * 24 * 60 * 60 * 1000;
const nameOf = ({ target_id, subcontext_key, sticky_key }: BindingKey) =>
  JSON.stringify([target_id, subcontext_key, sticky_key]);

/**
 * Opens the bindings. What was decided and isn't committed yet is found, too.
 * @param batch each write is a member of its own in the commit of its turn
 */
export function openSessionBindings(
  writer: Sqlite,
  batch: Batch,
  clock: Clock,
  logger: Logger,
): SessionBindings & { forgetOld(limit: number): number } {
  const statements = prepareStatements(writer);
  const uncommitted = new Map<string, SessionBinding>();
  const now = () => new Date(clock.now()).toISOString();

  const write = (key: BindingKey, step: () => void, becomes?: SessionBinding): void => {
    const name = nameOf(key);
    if (becomes !== undefined) uncommitted.set(name, becomes);
    const settled = () => {
      if (becomes !== undefined && uncommitted.get(name) === becomes) uncommitted.delete(name);
    };
    // One that is lost costs a conversation its memory, and says so; nothing else depends on it.
    batch.add(Symbol("binding"), step, { kept: settled, lost: settled }).catch((thrown: unknown) => {
      logger.warn({ err: thrown, target_id: key.target_id }, "a session binding could not be written");
    });
  };
  const keyOf = ({ target_id, subcontext_key, sticky_key }: BindingKey) => ({
    target_id,
    subcontext_key,
    sticky_key,
  });

  return {
    find(key) {
      const decided = uncommitted.get(nameOf(key));
      if (decided !== undefined) return decided;
      const row = statements.find.get(keyOf(key));
      if (row === undefined) return undefined;
      const { adapter, remote_session_id, metadata } = row;
      return { ...keyOf(key), adapter, remote_session_id, metadata: JSON.parse(metadata) as JsonObject };
    },
    keep(binding) {
      const at = now();
      const times = { created_at: at, updated_at: at, last_used_at: at, last_activity_at: at };
      const row = { ...binding, metadata: JSON.stringify(binding.metadata), ...times };
      write(binding, () => void statements.keep.run(row), binding);
    },
    touch(key, what) {
      const statement = statements.touch[what];
      const at = now();
      write(key, () => void statement.run({ ...keyOf(key), at }));
    },
    forgetOld: (limit) =>
      statements.forgetOld.run({ before: new Date(clock.now() - keptMs).toISOString(), limit }).changes,
  };
}

function prepareStatements(writer: Sqlite) {
  const db = builder(writer);
  const value = sql.placeholder;
  const meant = sql`target_id = ${value("target_id")} AND subcontext_key = ${value("subcontext_key")} AND sticky_key = ${value("sticky_key")}`;
  const touch = (column: "last_used_at" | "last_activity_at") =>
    prepare(
      writer,
      db
        .update(sessionBindings)
        .set({ [column]: sql`${value("at")}` })
        .where(meant),
    );
  return {
    find: prepare<typeof sessionBindings.$inferSelect>(
      writer,
      db.select().from(sessionBindings).where(meant),
    ),
    keep: prepare(
      writer,
      db
        .insert(sessionBindings)
        .values(columnsOf(sessionBindings))
        .onConflictDoUpdate({
          target: [sessionBindings.target_id, sessionBindings.subcontext_key, sessionBindings.sticky_key],
          set: {
            adapter: sql`excluded.adapter`,
            remote_session_id: sql`excluded.remote_session_id`,
            metadata: sql`excluded.metadata`,
            updated_at: sql`excluded.updated_at`,
            last_used_at: sql`excluded.last_used_at`,
            last_activity_at: sql`excluded.last_activity_at`,
          },
        }),
    ),
    touch: { used: touch("last_used_at"), active: touch("last_activity_at") },
    forgetOld: prepare(
      writer,
      db
        .delete(sessionBindings)
        .where(
          sql`rowid IN (SELECT rowid FROM ${sessionBindings} WHERE ${lt(sessionBindings.last_used_at, value("before"))} ORDER BY ${sessionBindings.last_used_at} LIMIT ${value("limit")})`,
        ),
    ),
  };
}
