import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, describe, expect, it } from "vitest";
import type { SessionBinding } from "#src/core/session-bindings.ts";
import { openBatch } from "#src/store/batch.ts";
import { openStorage } from "#src/store/open.ts";
import { openSessionBindings } from "#src/store/sessions.ts";
import { createFakeClock } from "../../fake-clock.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const key = { target_id: "core", subcontext_key: "default", sticky_key: "talk" };
const binding = (remote_session_id: string): SessionBinding => ({
  ...key,
  adapter: "acp",
  remote_session_id,
  metadata: { cwd: "/work" },
});
const dayMs = 24 * 60 * 60 * 1000;

function openBindings() {
  const dir = mkdtempSync(join(tmpdir(), "aethrolink-bindings-"));
  folders.push(dir);
  const clock = createFakeClock();
  const storage = openStorage({ dataDir: dir, database: join(dir, "log.db"), durability: "normal" });
  const batch = openBatch(storage.writer);
  const open = () => openSessionBindings(storage.writer, batch, clock, pino({ level: "silent" }));
  const row = () => storage.reader.prepare("SELECT * FROM session_bindings").get() as Record<string, string>;
  return { bindings: open(), reopen: open, batch, clock, row, storage };
}

describe("the bindings of sessions", () => {
  it("are found before and after their commit, and by the next life", () => {
    const { bindings, reopen, batch, storage } = openBindings();
    expect(bindings.find(key)).toBeUndefined();
    bindings.keep(binding("one"));
    expect(bindings.find(key)).toEqual(binding("one"));
    batch.flush();
    expect(bindings.find(key)).toEqual(binding("one"));
    expect(reopen().find(key)).toEqual(binding("one"));
    storage.close();
  });

  it("hold one session per target, subcontext and key", () => {
    const { bindings, batch, storage } = openBindings();
    bindings.keep(binding("one"));
    bindings.keep(binding("two"));
    batch.flush();
    expect(bindings.find(key)).toEqual(binding("two"));
    for (const other of [{ target_id: "other" }, { subcontext_key: "executor:x" }, { sticky_key: "else" }])
      expect(bindings.find({ ...key, ...other })).toBeUndefined();
    storage.close();
  });

  it("stay as they were where a commit fails", () => {
    const { bindings, batch, storage } = openBindings();
    bindings.keep(binding("one"));
    batch.flush();
    storage.writer.exec("ALTER TABLE session_bindings RENAME TO away");
    bindings.keep(binding("two"));
    batch.flush();
    storage.writer.exec("ALTER TABLE away RENAME TO session_bindings");
    expect(bindings.find(key)).toEqual(binding("one"));
    storage.close();
  });

  it("know when a turn began and ended, and are kept for 30 days after the last began", () => {
    const { bindings, batch, clock, row, storage } = openBindings();
    const at = () => new Date(clock.now()).toISOString();
    bindings.keep(binding("one"));
    batch.flush();
    const made = at();
    clock.advance(dayMs);
    bindings.touch(key, "used");
    batch.flush();
    const used = at();
    clock.advance(dayMs);
    bindings.touch(key, "active");
    batch.flush();
    expect(row()).toMatchObject({
      created_at: made,
      updated_at: made,
      last_used_at: used,
      last_activity_at: at(),
    });
    clock.advance(29 * dayMs);
    expect(bindings.forgetOld(10)).toBe(0);
    expect(bindings.find(key)).toEqual(binding("one"));
    clock.advance(1);
    expect(bindings.forgetOld(10)).toBe(1);
    expect(bindings.find(key)).toBeUndefined();
    storage.close();
  });
});
