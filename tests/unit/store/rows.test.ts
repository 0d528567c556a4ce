/** Rows beside the tasks: keys, tokens, launches and leases. */
import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import type { TokenRecord } from "#contracts/tokens.ts";
import type { Lease } from "#src/core/ports.ts";
import { createToken, revokeToken } from "#src/engine/tokens.ts";
import { openLaunches } from "#src/store/launches.ts";
import { openTokens } from "#src/store/tokens.ts";
import { newId } from "#src/store/ulid.ts";
import { fakeTarget, openEngine } from "../../open-engine.ts";

const scope = { principal: "me", method: "POST", path: "/v1/tasks", key: "k" };

it("a key is found for 24 hours and not longer, and then forgotten", async () => {
  await using node = await openEngine();
  const { keys } = node.engine;
  keys.insert(scope, { body_sha256: "b", task_id: "t" });
  expect(keys.find(scope)).toMatchObject({ body_sha256: "b", task_id: "t" });
  for (const other of [{ principal: "you" }, { method: "PUT" }, { path: "/v1" }, { key: "K" }]) {
    expect(keys.find({ ...scope, ...other })).toBeUndefined();
  }
  const rows = () => node.storage.reader.prepare("SELECT count(*) FROM idempotency_keys").pluck().get();
  node.clock.advance(24 * 3_600_000);
  expect(keys.forgetOld(10)).toBe(0);
  expect([keys.find(scope)?.task_id, rows()]).toEqual(["t", 1]);
  node.clock.advance(1);
  expect([keys.find(scope), rows()]).toEqual([undefined, 1]);
  expect(keys.forgetOld(10)).toBe(1);
  expect(rows()).toBe(0);
});

it("a key that is too old may be used again", async () => {
  await using node = await openEngine();
  const { keys } = node.engine;
  keys.insert(scope, { body_sha256: "b", task_id: "t" });
  node.clock.advance(25 * 3_600_000);
  keys.insert(scope, { body_sha256: "c", task_id: "u" });
  expect(keys.find(scope)).toMatchObject({ body_sha256: "c", task_id: "u" });
});

it("a token is known by its text, also in the next life, and its text is kept nowhere", async () => {
  const first = await openEngine();
  const store = openTokens(first.storage.writer, first.engine.log.batch);
  const { token, record } = await createToken({ store }, first.clock, "reader", "mine");
  expect(token).toMatch(/^alink_[\w-]{43}$/);
  expect(store.find(token)).toEqual(record);
  expect(store.find(`${token} `)).toBeUndefined();
  expect(store.find("")).toBeUndefined();
  const rows = JSON.stringify(first.storage.reader.prepare("SELECT * FROM tokens").all());
  expect(rows).toContain(createHash("sha256").update(token).digest("hex"));
  expect(rows).not.toContain(token);
  first.abandon();
  await using node = await openEngine({ dir: first.dir });
  const later = openTokens(node.storage.writer, node.engine.log.batch);
  expect(later.find(token)).toEqual(record);
  expect(later.list()).toEqual([record]);
});

it("a token that was revoked is known no more; the data directory's own isn't revoked", async () => {
  await using node = await openEngine();
  const store = openTokens(node.storage.writer, node.engine.log.batch);
  const made = await createToken({ store }, node.clock, "operator", "");
  const tokens = { store, ownId: made.record.token_id };
  await expect(revokeToken(tokens, made.record.token_id)).rejects.toMatchObject({ code: "token_in_use" });
  await expect(revokeToken(tokens, newId())).rejects.toMatchObject({ code: "token_not_found" });
  expect(await revokeToken({ store, ownId: undefined }, made.record.token_id)).toEqual(made.record);
  expect(store.find(made.token)).toBeUndefined();
  expect(openTokens(node.storage.writer, node.engine.log.batch).list()).toEqual([]);
});

it("a token whose row can't be written is not valid, one whose row can't be removed stays valid", async () => {
  await using node = await openEngine();
  const store = openTokens(node.storage.writer, node.engine.log.batch);
  const record: TokenRecord = { token_id: newId(), role: "reader", name: "", created_at: "" };
  await store.add(record, "text");
  await expect(store.add({ ...record, name: "again" }, "other")).rejects.toThrow(/UNIQUE/);
  expect(store.find("other")).toBeUndefined();
  node.storage.writer.exec(
    "CREATE TEMP TRIGGER stuck BEFORE DELETE ON tokens BEGIN SELECT RAISE(ABORT, 'no'); END",
  );
  await expect(store.remove(record.token_id)).rejects.toThrow("no");
  expect(store.find("text")).toEqual(record);
});

it("a launch is open from before its spawn to its end, also in the next life", async () => {
  const first = await openEngine();
  const { ledger } = openLaunches(first.storage.writer, first.engine.log.batch, first.clock);
  const row = { launch_id: newId(), runtime_id: "tested", subcontext_key: "default", command: ["a", "b c"] };
  const other = { ...row, launch_id: newId() };
  await ledger.intended(row);
  await ledger.intended(other);
  expect(ledger.open()[0]).toEqual({ ...row, pid: null, started_at_os: null, status: "intended" });
  await ledger.spawned(row.launch_id, 42, "17");
  expect(ledger.open()[0]).toEqual({ ...row, pid: 42, started_at_os: "17", status: "launching" });
  await ledger.ready(row.launch_id);
  expect(ledger.open()[0]).toMatchObject({ pid: 42, status: "ready" });
  first.abandon();
  await using node = await openEngine({ dir: first.dir });
  const later = openLaunches(node.storage.writer, node.engine.log.batch, node.clock).ledger;
  expect(later.open().map(({ launch_id }) => launch_id)).toEqual([row.launch_id, other.launch_id]);
  await later.ended(row.launch_id, "exited", "ended by SIGTERM");
  await later.ended(other.launch_id, "failed", null);
  expect(later.open()).toEqual([]);
  const ends = node.storage.reader.prepare("SELECT status, error_text, ended_at FROM launch_history").all();
  expect(ends).toEqual([
    { status: "exited", error_text: "ended by SIGTERM", ended_at: "2026-11-23T09:00:00.000Z" },
    { status: "failed", error_text: null, ended_at: "2026-11-23T09:00:00.000Z" },
  ]);
});

it("a launch of a runtime that nobody has told of is refused", async () => {
  await using node = await openEngine();
  const { ledger } = openLaunches(node.storage.writer, node.engine.log.batch, node.clock);
  const row = { launch_id: newId(), runtime_id: "unknown", subcontext_key: "default", command: [] };
  await expect(ledger.intended(row)).rejects.toThrow(/FOREIGN KEY/);
  expect(ledger.open()).toEqual([]);
});

it("a lease is written once, and its end too", async () => {
  await using node = await openEngine();
  const { leases } = openLaunches(node.storage.writer, node.engine.log.batch, node.clock);
  const lease: Lease = {
    lease_id: newId(),
    runtime_id: "tested",
    subcontext_key: "default",
    process_id: 7,
    metadata: { a: 1 },
    gone: new AbortController().signal,
  };
  leases.insert(lease);
  leases.insert(lease);
  const rows = () => node.storage.reader.prepare("SELECT * FROM runtime_leases").all();
  expect(rows()).toMatchObject([{ process_id: 7, metadata: '{"a":1}', released_at: null }]);
  node.clock.advance(1000);
  await leases.release(lease.lease_id);
  expect(rows()).toMatchObject([{ released_at: "2026-11-23T09:00:01.000Z" }]);
});

it("a runtime that is known already is brought up to date", async () => {
  await using node = await openEngine();
  const { know } = openLaunches(node.storage.writer, node.engine.log.batch, node.clock);
  await know([fakeTarget({ display_name: "Another name" }), fakeTarget({ target_id: "new" })]);
  const names = node.storage.reader.prepare("SELECT runtime_id, display_name FROM runtimes ORDER BY 1").all();
  expect(names).toEqual([
    { runtime_id: "new", display_name: "Tested" },
    { runtime_id: "tested", display_name: "Another name" },
  ]);
});

it("ids sort in the order in which they were made", () => {
  const ids = Array.from({ length: 10_000 }, newId);
  expect(ids).toEqual(ids.toSorted());
  expect(new Set(ids).size).toBe(ids.length);
});
