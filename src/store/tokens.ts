/** Tokens: only their SHA-256 is kept; all of them stand in memory, since each request asks for one. */
import { createHash, timingSafeEqual } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import type { TokenRecord } from "#contracts/tokens.ts";
import { type Principal, principalOfRole, type RuntimePrincipal } from "#src/core/access.ts";
import type { Batch } from "./batch.ts";
import { tokens } from "./schema.ts";
import { builder, columnsOf, prepare, type Sqlite } from "./sql.ts";

/** Held by the SHA-256 of its text; `record` is missing of one that is on no disk. */
interface Held {
  readonly digest: Buffer;
  readonly principal: Principal | undefined;
  readonly record: TokenRecord | undefined;
}

export interface TokenStore {
  /** The record of a token's text; undefined: it isn't valid. Takes the same time for any text. */
  find(text: string): TokenRecord | undefined;
  /** Who asks with this text; undefined: it isn't valid. */
  readonly principal: (text: string) => Principal | undefined;
  /** Makes a token valid until the answer is called, and no longer than the node lives. */
  lend(text: string, principal: RuntimePrincipal): () => void;
  list(): TokenRecord[];
  get(token_id: string): TokenRecord | undefined;
  /** Resolves when it is on disk. */
  add(record: TokenRecord, text: string): Promise<void>;
  /** Resolves when it is valid no more. */
  remove(token_id: string): Promise<void>;
}

/** The digest of no text. */
const nobodys = Buffer.alloc(32);
const digestOf = (text: string) => createHash("sha256").update(text).digest();

/** Opens the tokens of a database. */
export function openTokens(writer: Sqlite, batch: Batch): TokenStore {
  const db = builder(writer);
  const insert = prepare(writer, db.insert(tokens).values(columnsOf(tokens)));
  const remove = prepare(writer, db.delete(tokens).where(eq(tokens.token_id, sql.placeholder("token_id"))));
  const held = new Map<string, Held>();
  const records = new Map<string, Held & { record: TokenRecord }>();
  const hold = (record: TokenRecord, digest: Buffer) => {
    const token = { digest, record, principal: principalOfRole(record.role, record.token_id) };
    held.set(digest.toString("hex"), token);
    records.set(record.token_id, token);
  };
  for (const { sha256, role, ...record } of db.select().from(tokens).orderBy(tokens.token_id).all()) {
    hold({ ...record, role: role as TokenRecord["role"] }, Buffer.from(sha256, "hex"));
  }
  const look = (text: string) => {
    const digest = digestOf(text);
    const token = held.get(digest.toString("hex"));
    return timingSafeEqual(token?.digest ?? nobodys, digest) ? token : undefined;
  };
  return {
    find: (text) => look(text)?.record,
    principal: (text) => look(text)?.principal,
    lend(text, principal) {
      const digest = digestOf(text);
      const key = digest.toString("hex");
      held.set(key, { digest, principal, record: undefined });
      return () => void held.delete(key);
    },
    list: () => [...records.values()].map((token) => token.record),
    get: (token_id) => records.get(token_id)?.record,
    async add(record, text) {
      const digest = digestOf(text);
      await batch.add(Symbol("token"), () => {
        insert.run({ ...record, sha256: digest.toString("hex") });
      });
      hold(record, digest);
    },
    async remove(token_id) {
      await batch.add(Symbol("token"), () => void remove.run({ token_id }));
      const token = records.get(token_id);
      records.delete(token_id);
      if (token !== undefined) held.delete(token.digest.toString("hex"));
    },
  };
}
