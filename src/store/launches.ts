/** Runtimes, their leases, and each start of a process: written before it is spawned. */
import { eq, isNull, sql } from "drizzle-orm";
import type { Clock, LaunchLedger, LaunchRow, Lease, Target } from "#src/core/ports.ts";
import type { Batch } from "./batch.ts";
import { launchHistory, runtimeLeases, runtimes } from "./schema.ts";
import { builder, columnsOf, prepare, type Sqlite } from "./sql.ts";
import { firstIdOf } from "./ulid.ts";

export interface Leases {
  /** To be called inside the commit of the task that takes the lease first. */
  insert(lease: Lease): void;
  /** Writes down that a lease's context has gone. */
  release(lease_id: string): Promise<void>;
}

export interface LaunchStore {
  readonly ledger: LaunchLedger;
  readonly leases: Leases;
  /** Writes down the runtimes that leases and launches may name. */
  know(targets: Iterable<Target>): Promise<void>;
  /**
   * Forgets launches that have ended, but for the newest 1,000 of each runtime, and leases that ended
   * more than 30 days ago; as many of each as `limit`. @returns how many it forgot of the kind that it forgot more of
   */
  forgetOld(limit: number): number;
}

/**
 * Opens the rows of processes.
 * @param batch each write is a member of its own in the commit of its turn
 */
export function openLaunches(writer: Sqlite, batch: Batch, clock: Clock): LaunchStore {
  const db = builder(writer);
  const now = () => new Date(clock.now()).toISOString();
  const value = sql.placeholder;
  const byId = eq(launchHistory.launch_id, value("launch_id"));
  const insert = prepare(writer, db.insert(launchHistory).values(columnsOf(launchHistory)));
  const spawned = prepare(
    writer,
    db
      .update(launchHistory)
      .set({ status: "launching", pid: sql`${value("pid")}`, started_at_os: sql`${value("started_at_os")}` })
      .where(byId),
  );
  const ready = prepare(writer, db.update(launchHistory).set({ status: "ready" }).where(byId));
  const ended = prepare(
    writer,
    db
      .update(launchHistory)
      .set({
        status: sql`${value("status")}`,
        error_text: sql`${value("error_text")}`,
        ended_at: sql`${value("ended_at")}`,
      })
      .where(byId),
  );
  const open = prepare<typeof launchHistory.$inferSelect>(
    writer,
    db.select().from(launchHistory).where(isNull(launchHistory.ended_at)).orderBy(launchHistory.launch_id),
  );
  const add = (write: () => unknown) => batch.add(Symbol("launch"), () => void write());

  const ledger: LaunchLedger = {
    intended: (row) =>
      add(() =>
        insert.run({ ...row, command: JSON.stringify(row.command), status: "intended", started_at: now() }),
      ),
    spawned: (launch_id, pid, started_at_os) => add(() => spawned.run({ launch_id, pid, started_at_os })),
    ready: (launch_id) => add(() => ready.run({ launch_id })),
    ended: (launch_id, status, error_text) =>
      add(() => ended.run({ launch_id, status, error_text, ended_at: now() })),
    open: () => open.all({}).map(launchRowOf),
  };
  return {
    ledger,
    leases: openLeases(writer, batch, now),
    know: knower(writer, batch, now),
    forgetOld: forgetter(writer, clock),
  };
}

function launchRowOf(row: typeof launchHistory.$inferSelect): LaunchRow {
  const { launch_id, runtime_id, subcontext_key, command, pid, started_at_os, status } = row;
  return {
    launch_id,
    runtime_id,
    subcontext_key,
    command: JSON.parse(command) as string[],
    pid,
    started_at_os,
    status,
  };
}

function openLeases(writer: Sqlite, batch: Batch, now: () => string): Leases {
  const db = builder(writer);
  const insert = prepare(
    writer,
    db.insert(runtimeLeases).values(columnsOf(runtimeLeases)).onConflictDoNothing(),
  );
  const release = prepare(
    writer,
    db
      .update(runtimeLeases)
      .set({ released_at: sql`${sql.placeholder("released_at")}` })
      .where(eq(runtimeLeases.lease_id, sql.placeholder("lease_id"))),
  );
  // Leases of earlier lives ended with their processes.
  db.update(runtimeLeases).set({ released_at: now() }).where(isNull(runtimeLeases.released_at)).run();
  return {
    insert({ lease_id, runtime_id, subcontext_key, process_id, metadata }) {
      insert.run({
        lease_id,
        runtime_id,
        subcontext_key,
        process_id,
        metadata: JSON.stringify(metadata),
        created_at: now(),
        released_at: null,
      });
    },
    release: (lease_id) =>
      batch.add(Symbol("lease"), () => void release.run({ lease_id, released_at: now() })),
  };
}

function knower(writer: Sqlite, batch: Batch, now: () => string): LaunchStore["know"] {
  const row = columnsOf(runtimes);
  const upsert = prepare(
    writer,
    builder(writer)
      .insert(runtimes)
      .values(row)
      .onConflictDoUpdate({
        target: runtimes.runtime_id,
        set: {
          display_name: sql`excluded.display_name`,
          adapter: sql`excluded.adapter`,
          dialect: sql`excluded.dialect`,
          updated_at: sql`excluded.updated_at`,
        },
      }),
  );
  return (targets) =>
    batch.add(Symbol("runtimes"), () => {
      for (const { target_id, display_name, adapter, dialect } of targets) {
        upsert.run({ runtime_id: target_id, display_name, adapter, dialect, updated_at: now() });
      }
    });
}

/** How many launches of each runtime are kept. */
const keptLaunches = 1000;
const keptLeasesMs = 30 * 24 * 60 * 60 * 1000;

function forgetter(writer: Sqlite, clock: Clock): LaunchStore["forgetOld"] {
  const launches = writer.prepare(`DELETE FROM launch_history WHERE launch_id IN (
    SELECT old.launch_id FROM runtimes JOIN launch_history AS old ON old.runtime_id = runtimes.runtime_id
      AND old.launch_id < (SELECT launch_id FROM launch_history WHERE runtime_id = runtimes.runtime_id
        ORDER BY launch_id DESC LIMIT 1 OFFSET ${keptLaunches - 1})
    WHERE old.ended_at IS NOT NULL LIMIT ?)`);
  const leases = writer.prepare(`DELETE FROM runtime_leases WHERE lease_id IN (
    SELECT lease_id FROM runtime_leases WHERE lease_id < ? AND released_at < ? ORDER BY lease_id LIMIT ?)`);
  return (limit) => {
    const before = clock.now() - keptLeasesMs;
    return Math.max(
      launches.run(limit).changes,
      leases.run(firstIdOf(before), new Date(before).toISOString(), limit).changes,
    );
  };
}
