/** Tokens: only their SHA-256 is kept; all of them stand in memory, since each request asks for one. */
import { hash, timingSafeEqual } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import type { TokenRecord } from "#contracts/tokens.ts";
import { type Principal, principalOfRole, type RuntimePrincipal } from "#src/core/access.ts";
import type { Batch } from "./batch.ts";
import { tokens } from "./schema.ts";
import { builder, columnsOf, prepare, type Sqlite } from "./sql.ts";

/** Held by the SHA-256 of its text; `record` is missing of one that is on no disk. */
interface Held {
  /** The same again, in the bytes of its hexadecimal form, to be compared in constant time. */
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
  /** Has an act hear of each caller whose token is valid no more. */
  onRevoked(act: (principal: Principal) => void): void;
  /** Whether who was let in with a token would not be any more. */
  isRevoked(principal: Principal): boolean;
}

const digestOf = (text: string) => hash("sha256", text, "hex");
/** The digest of no text. */
const nobodys = Buffer.alloc(64);

/** Opens the tokens of a database. */
export function openTokens(writer: Sqlite, batch: Batch): TokenStore {
  const db = builder(writer);
  const insert = prepare(writer, db.insert(tokens).values(columnsOf(tokens)));
  const remove = prepare(writer, db.delete(tokens).where(eq(tokens.token_id, sql.placeholder("token_id"))));
  const held = new Map<string, Held>();
  const records = new Map<string, Held & { record: TokenRecord }>();
  const hold = (record: TokenRecord, sha256: string) => {
    const principal = principalOfRole(record.role, record.token_id);
    const token = { digest: Buffer.from(sha256), record, principal };
    held.set(sha256, token);
    records.set(record.token_id, token);
  };
  for (const { sha256, role, ...record } of db.select().from(tokens).orderBy(tokens.token_id).all()) {
    hold({ ...record, role: role as TokenRecord["role"] }, sha256);
  }
  const revoked = new WeakSet<Principal>();
  const hearing: ((principal: Principal) => void)[] = [];
  const release = ({ digest, principal }: Held) => {
    held.delete(digest.toString());
    if (principal === undefined) return;
    revoked.add(principal);
    for (const act of hearing) act(principal);
  };
  const look = (text: string) => {
    const sha256 = digestOf(text);
    const token = held.get(sha256);
    return timingSafeEqual(token?.digest ?? nobodys, Buffer.from(sha256)) ? token : undefined;
  };
  return {
    find: (text) => look(text)?.record,
    principal: (text) => look(text)?.principal,
    lend(text, principal) {
      const sha256 = digestOf(text);
      const token = { digest: Buffer.from(sha256), principal, record: undefined };
      held.set(sha256, token);
      return () => release(token);
    },
    list: () => [...records.values()].map((token) => token.record),
    get: (token_id) => records.get(token_id)?.record,
    async add(record, text) {
      const sha256 = digestOf(text);
      await batch.add(Symbol("token"), () => void insert.run({ ...record, sha256 }));
      hold(record, sha256);
    },
    async remove(token_id) {
      await batch.add(Symbol("token"), () => void remove.run({ token_id }));
      const token = records.get(token_id);
      records.delete(token_id);
      if (token !== undefined) release(token);
    },
    onRevoked: (act) => void hearing.push(act),
    isRevoked: (principal) => revoked.has(principal),
  };
}
