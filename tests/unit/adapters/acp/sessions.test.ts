import { describe, expect, test } from "vitest";
import { dialectOf } from "#src/adapters/acp/dialects.ts";
import { createSessionTable, type Session } from "#src/adapters/acp/sessions.ts";
import { createTurn } from "#src/adapters/acp/turn.ts";
import { createMeter } from "#src/adapters/acp/usage.ts";
import { systemClock } from "#src/clock.ts";
import { createFakeClock } from "../../../fake-clock.ts";
import { taskOf } from "../../../launching.ts";

const turn = createTurn(taskOf("x"), {
  clock: systemClock,
  cancelGraceMs: 1,
  questionMs: 1,
  turnLimit: 1000,
  reading: { instruction: "", mask: (text) => text, dialect: dialectOf("generic") },
  mask: (text) => text,
  meter: createMeter("turn"),
  sayCancel: async () => {},
  cutOff() {},
  saidTooMuch() {},
  refused() {},
  over() {},
});

function openTable(limit: number) {
  const dropped: string[] = [];
  const clock = createFakeClock();
  const table = createSessionTable(limit, clock, (session) => void dropped.push(session.session_id));
  const used = (session_id: string): Session => {
    const session = {
      session_id,
      slot: session_id,
      cwd: "/work",
      meter: createMeter("turn"),
      turn: undefined,
      idleSince: 0,
      notedAt: 0,
    };
    table.add(session);
    table.occupy(session, turn);
    return session;
  };
  return { table, used, dropped, clock };
}

describe("the sessions of a process", () => {
  test("keep the least recently used ones out when there are too many idle", () => {
    const { table, used, dropped } = openTable(2);
    const [a, b, c] = [used("a"), used("b"), used("c")];
    for (const session of [a, b]) table.release(session);
    table.occupy(a, turn);
    table.release(a); // used again: now b is the oldest
    table.release(c);
    expect(dropped).toEqual(["b"]);
    expect(table.find("b")).toBeUndefined();
    expect(table.live("b", "/work", 1000)).toEqual({
      why: expect.stringContaining("no session"),
      atWork: false,
    });
    expect(table.live("a", "/work", 1000)).toBe(a);
  });

  test("are never forgotten for room while they work", () => {
    const { table, used, dropped } = openTable(1);
    const working = used("working");
    for (const session of [used("a"), used("b")]) table.release(session);
    expect(dropped).toEqual(["a"]);
    expect(table.find("working")).toBe(working);
  });

  test("tell why a conversation can't go on in them", () => {
    const { table, used } = openTable(2);
    const session = used("a");
    expect(table.live("a", "/work", 1000)).toEqual({
      why: expect.stringContaining("at work"),
      atWork: true,
    });
    table.release(session);
    expect(table.live("a", "/elsewhere", 1000)).toEqual({
      why: expect.stringContaining("directory"),
      atWork: false,
    });
    table.forget(session);
    expect(table.live("a", "/work", 1000)).toEqual({
      why: expect.stringContaining("no session"),
      atWork: false,
    });
    expect(table.live("never", "/work", 1000)).toEqual({
      why: expect.stringContaining("no session"),
      atWork: false,
    });
  });

  test("are given up when they were idle for too long", () => {
    const { table, used, dropped, clock } = openTable(2);
    const session = used("a");
    table.release(session);
    clock.advance(1000);
    expect(table.live("a", "/work", 1000)).toBe(session);
    clock.advance(1);
    expect(table.live("a", "/work", 1000)).toEqual({
      why: expect.stringContaining("idle"),
      atWork: false,
    });
    expect(dropped).toEqual(["a"]);
  });
});
