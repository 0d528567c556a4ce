/** Launches as they are read: what is committed, through the read-only connection. */
import { and, desc, eq, lt, sql } from "drizzle-orm";
import type { LaunchRecord } from "#contracts/runtimes.ts";
import { launchHistory } from "./schema.ts";
import { builder, prepare, type Sqlite } from "./sql.ts";

export interface LaunchReader {
  /**
   * Newest first.
   * @param before only those that are older than this one; undefined: from the newest on
   */
  list(runtime_id: string, before: string | undefined, limit: number): LaunchRecord[];
}

/** Later than any id. */
const endOfIds = "~";

/** Opens the reader. */
export function openLaunchReader(reader: Sqlite): LaunchReader {
  const value = sql.placeholder;
  const ofRuntime = prepare<typeof launchHistory.$inferSelect>(
    reader,
    builder(reader)
      .select()
      .from(launchHistory)
      .where(
        and(eq(launchHistory.runtime_id, value("runtime_id")), lt(launchHistory.launch_id, value("before"))),
      )
      .orderBy(desc(launchHistory.launch_id))
      .limit(value("limit")),
  );
  return {
    list: (runtime_id, before = endOfIds, limit) =>
      ofRuntime
        .all({ runtime_id, before, limit })
        .map((row) => ({ ...row, command: JSON.parse(row.command) as string[] })),
  };
}
