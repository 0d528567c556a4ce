/** Tokens: only their SHA-256 is kept; all of them stand in memory, since each request asks for one. */
import { createHash, timingSafeEqual } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import type { TokenRole } from "#contracts/enums.ts";
import type { TokenRecord } from "#contracts/tokens.ts";
import type { Batch } from "./batch.ts";
import { tokens } from "./schema.ts";
import { builder, columnsOf, prepare, type Sqlite } from "./sql.ts";

interface Kept {
  readonly record: TokenRecord;
  readonly digest: Buffer;
}

export interface TokenStore {
  /** The record of a token's text; undefined: it isn't valid. Takes the same time for any text. */
  find(text: string): TokenRecord | undefined;
  list(): TokenRecord[];
  get(token_id: string): TokenRecord | undefined;
  /** Resolves when it is on disk. */
  add(record: TokenRecord, text: string): Promise<void>;
  /** Resolves when it is valid no more. */
  remove(token_id: string): Promise<void>;
}

const digestOf = (text: string) => createHash("sha256").update(text).digest();

/** Opens the tokens of a database. */
export function openTokens(writer: Sqlite, batch: Batch): TokenStore {
  const db = builder(writer);
  const insert = prepare(writer, db.insert(tokens).values(columnsOf(tokens)));
  const remove = prepare(writer, db.delete(tokens).where(eq(tokens.token_id, sql.placeholder("token_id"))));
  const kept = new Map<string, Kept>();
  for (const { sha256, ...record } of db.select().from(tokens).orderBy(tokens.token_id).all()) {
    kept.set(record.token_id, { record, digest: Buffer.from(sha256, "hex") });
  }
  return {
    find(text) {
      const digest = digestOf(text);
      let found: TokenRecord | undefined;
      for (const token of kept.values()) if (timingSafeEqual(token.digest, digest)) found = token.record;
      return found;
    },
    list: () => [...kept.values()].map((token) => token.record),
    get: (token_id) => kept.get(token_id)?.record,
    async add(record, text) {
      const digest = digestOf(text);
      await batch.add(Symbol("token"), () => {
        insert.run({ ...record, role: record.role satisfies TokenRole, sha256: digest.toString("hex") });
      });
      kept.set(record.token_id, { record, digest });
    },
    async remove(token_id) {
      await batch.add(Symbol("token"), () => void remove.run({ token_id }));
      kept.delete(token_id);
    },
  };
}
