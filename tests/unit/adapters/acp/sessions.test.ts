import { describe, expect, test } from "vitest";
import { createSessionTable, type Session } from "#src/adapters/acp/sessions.ts";
import { createTurn } from "#src/adapters/acp/turn.ts";
import { createMeter } from "#src/adapters/acp/usage.ts";
import { systemClock } from "#src/clock.ts";
import { taskOf } from "../../../launching.ts";

const turn = createTurn(taskOf("x"), {
  clock: systemClock,
  cancelGraceMs: 1,
  questionMs: 1,
  instruction: "",
  mask: (text) => text,
  meter: createMeter("turn"),
  sayCancel: async () => {},
  cutOff() {},
  refused() {},
  over() {},
});

function openTable(limit: number) {
  const dropped: string[] = [];
  const table = createSessionTable(limit, (session) => void dropped.push(session.session_id));
  const used = (session_id: string): Session => {
    const session = {
      session_id,
      sticky_key: session_id,
      cwd: "/work",
      meter: createMeter("turn"),
      turn: undefined,
    };
    table.add(session);
    table.occupy(session, turn);
    return session;
  };
  return { table, used, dropped };
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
    expect(table.live("b", "/work")).toEqual({ why: expect.stringContaining("forgotten") });
    expect(table.live("a", "/work")).toBe(a);
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
    expect(table.live("a", "/work")).toEqual({ why: expect.stringContaining("at work") });
    table.release(session);
    expect(table.live("a", "/elsewhere")).toEqual({ why: expect.stringContaining("directory") });
    table.forget(session, "it was quarantined");
    expect(table.live("a", "/work")).toEqual({ why: "it was quarantined" });
    expect(table.live("never", "/work")).toEqual({ why: expect.stringContaining("no session") });
  });
});
