/**
 * Group commit: what is decided in one turn of the event loop goes to disk in one transaction.
 *
 * 1. Writes that share a member belong together: they are kept or lost as one.
 * 2. If the transaction fails, its members are tried one by one, so that a bad one fails alone.
 * 3. A promise settles only when its member is on disk, or certainly is not.
 */
import type { Sqlite } from "./sql.ts";

/** What one task (or one single row) adds to a commit. */
interface Member {
  readonly writes: (() => void)[];
  /** Runs after the commit, before anybody is told of it. */
  readonly kept: (() => void)[];
  readonly lost: ((fault: unknown) => void)[];
  readonly outcome: PromiseWithResolvers<void>;
}

export interface Batch {
  /**
   * Adds a write to the commit of this turn.
   * @param key members of the same key are kept or lost together
   * @param write runs inside the transaction
   * @param after what to do in memory when it is on disk (`kept`) or isn't (`lost`)
   * @returns settles when it is on disk, or rejects with why it isn't
   */
  add(
    key: unknown,
    write: () => void,
    after?: { kept?: () => void; lost?: (fault: unknown) => void },
  ): Promise<void>;
  /** Runs once, when what has been added in this turn of the event loop has been committed, or was lost. */
  afterTurn(act: () => void): void;
  /** Commits at once what has been added. */
  flush(): void;
  /** Commits what has been added; whatever comes later is lost. */
  close(): void;
  /** How many transactions were committed. */
  readonly commits: () => number;
}

/** Makes the batch of a database. */
export function openBatch(sqlite: Sqlite): Batch {
  const begin = sqlite.prepare("BEGIN IMMEDIATE");
  const commit = sqlite.prepare("COMMIT");
  const rollback = sqlite.prepare("ROLLBACK");
  let members = new Map<unknown, Member>();
  let afterwards: (() => void)[] = [];
  let scheduled = false;
  let commits = 0;
  let closed = false;

  const transact = (group: readonly Member[]) => {
    begin.run();
    try {
      for (const member of group) for (const write of member.writes) write();
      commit.run();
      commits++;
    } catch (thrown) {
      // SQLite ends the transaction by itself for some errors (disk full).
      if (sqlite.inTransaction) rollback.run();
      throw thrown;
    }
  };

  const settle = (group: readonly Member[]) => {
    try {
      transact(group);
    } catch (thrown) {
      const [only, another] = group;
      if (another === undefined && only !== undefined) lose(only, thrown);
      else for (const member of group) settle([member]);
      return;
    }
    for (const member of group) keep(member);
  };

  const flush = () => {
    const group = [...members.values()];
    members = new Map();
    if (group.length > 0) settle(group);
  };

  const schedule = () => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(endTurn);
  };

  const endTurn = () => {
    scheduled = false;
    const acts = afterwards;
    afterwards = [];
    flush();
    for (const act of acts) act();
  };

  return {
    add(key, step, after) {
      if (closed) {
        return unheard(Promise.reject(new Error("the database is closed")));
      }
      schedule();
      let member = members.get(key);
      if (member === undefined) {
        member = { writes: [], kept: [], lost: [], outcome: Promise.withResolvers<void>() };
        unheard(member.outcome.promise);
        members.set(key, member);
      }
      member.writes.push(step);
      if (after?.kept) member.kept.push(after.kept);
      if (after?.lost) member.lost.push(after.lost);
      return member.outcome.promise;
    },
    afterTurn(act) {
      afterwards.push(act);
      schedule();
    },
    flush,
    close() {
      flush();
      closed = true;
    },
    commits: () => commits,
  };
}

/** Whoever needs to know of a loss awaits the promise; nobody else shall be surprised by it. */
function unheard(promise: Promise<void>): Promise<void> {
  promise.catch(() => undefined);
  return promise;
}

function keep(member: Member): void {
  for (const act of member.kept) act();
  member.outcome.resolve();
}

function lose(member: Member, fault: unknown): void {
  for (const act of member.lost) act(fault);
  member.outcome.reject(fault);
}
