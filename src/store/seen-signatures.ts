/**
 * The messages that were taken, so that none is taken twice.
 *
 * 1. What decides stands in memory, so that of two at once only one is taken; it is read back at the start.
 * 2. A message's row is in the commit of its effects or in one before it: it is added first.
 * 3. It is kept for as long as the message would hold, and there are no more of them than `most`: rather
 *    is a new one refused.
 */
import { lt, sql } from "drizzle-orm";
import type { SeenSignatures } from "#src/core/network-ports.ts";
import type { Clock } from "#src/core/ports.ts";
import type { Batch } from "./batch.ts";
import { seenSignatures } from "./schema.ts";
import { builder, columnsOf, prepare, type Sqlite } from "./sql.ts";

/** A thousand messages a second for as long as one holds. */
const most = 125_000;
/** Old ones are forgotten so often, or when there is no room. */
const sweepMs = 30_000;

/** Opens those of a database. */
export function openSeenSignatures(
  writer: Sqlite,
  batch: Batch,
  clock: Clock,
  limit = most,
): SeenSignatures & { readonly count: () => number } {
  const db = builder(writer);
  const insert = prepare(writer, db.insert(seenSignatures).values(columnsOf(seenSignatures)));
  const forget = prepare(
    writer,
    db.delete(seenSignatures).where(lt(seenSignatures.until, sql.placeholder("now"))),
  );
  const held = new Map<string, number>();
  for (const { iss, jti, until } of db.select().from(seenSignatures).all()) held.set(nameOf(iss, jti), until);
  let sweptAt = 0;
  const sweep = (now: number) => {
    sweptAt = now;
    for (const [name, until] of held) if (until < now) held.delete(name);
    void batch.add(Symbol("seen signatures"), () => void forget.run({ now }));
  };
  return {
    take(jti, iss, until) {
      const now = clock.now();
      const name = nameOf(iss, jti);
      if (held.has(name)) return "it was taken before";
      if (now - sweptAt >= sweepMs) sweep(now);
      if (held.size >= limit) return "there are too many messages at once";
      held.set(name, until);
      void batch.add(Symbol("seen signature"), () => void insert.run({ jti, iss, until }));
      return undefined;
    },
    count: () => held.size,
  };
}

/** The most messages that anybody may send are remembered at once. */
const mostOfAnybody = 1000;

/**
 * Those that anybody may send, in memory. Of too many the oldest are forgotten: none of them does anything
 * twice, and so nobody can keep the others out.
 */
export function createSeenOfAnybody(clock: Clock, limit = mostOfAnybody): SeenSignatures {
  const held = new Map<string, number>();
  return {
    take(jti, iss, until) {
      const name = nameOf(iss, jti);
      if ((held.get(name) ?? 0) >= clock.now()) return "it was taken before";
      held.delete(name);
      held.set(name, until);
      const [oldest] = held.keys();
      if (held.size > limit && oldest !== undefined) held.delete(oldest);
      return undefined;
    },
  };
}

const nameOf = (iss: string, jti: string) => `${iss} ${jti}`;
