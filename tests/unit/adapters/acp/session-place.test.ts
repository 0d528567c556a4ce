import { describe, expect, test } from "vitest";
import { renewed, sessionPlaceOf, slotOf, subcontextOf } from "#src/adapters/acp/session-place.ts";
import type { JsonObject } from "#src/core/ports.ts";
import { targetOf } from "../../../launching.ts";

const openclaw = targetOf([], { dialect: "openclaw" });
const hermes = targetOf([], { dialect: "hermes" });
const generic = targetOf([]);
const withExecutors = (dialect: string) => {
  const { launch } = generic;
  return targetOf([], { dialect, launch: { ...launch, commands: { writer: ["write"] } } });
};

describe("the place of a session", () => {
  test("goes by the sticky key, in the subcontext of its executor", () => {
    expect(sessionPlaceOf(hermes, { executor: "writer" }, "talk")).toEqual({
      subcontext_key: "executor:writer",
      sticky_key: "talk",
      session_key: null,
    });
    expect(subcontextOf(generic, { executor: "writer" })).toBe("default");
  });

  test("goes by the executor in any dialect, where the target lists commands for them", () => {
    expect(sessionPlaceOf(withExecutors("generic"), { executor: "writer" }, "talk")).toEqual({
      subcontext_key: "executor:writer",
      sticky_key: "talk",
      session_key: null,
    });
    expect(subcontextOf(withExecutors("generic"), { executor: "default" })).toBe("default");
    expect(subcontextOf(withExecutors("generic"), {})).toBe("default");
  });

  test("at OpenClaw has another key for each executor", () => {
    const keyOf = (options: JsonObject) =>
      sessionPlaceOf(withExecutors("openclaw"), options, "talk").session_key;
    expect(keyOf({ executor: "writer" })).toMatch(/^aethrolink-[0-9a-f]{32}$/);
    expect(keyOf({ executor: "writer" })).not.toBe(keyOf({}));
    expect(keyOf({})).toBe(sessionPlaceOf(openclaw, {}, "talk").session_key);
  });

  test("at OpenClaw, which folds the case of keys, is the same for keys that differ in nothing else", () => {
    const [one, other] = ["Agent:Main:X", "agent:main:x"].map((session_key) =>
      sessionPlaceOf(openclaw, { session_key }, null),
    );
    if (one === undefined || other === undefined) throw new Error("no place");
    expect(slotOf(one)).toBe(slotOf(other));
    expect(one).toEqual({ ...other, session_key: "Agent:Main:X" });
    expect(subcontextOf(openclaw, { session_key: "Agent:Main:X" })).toBe("session:agent:main:x");
  });

  test("at OpenClaw has a key made of the sticky key, the same in every life, another for another", () => {
    const place = sessionPlaceOf(openclaw, {}, "Talk");
    expect(place).toMatchObject({ subcontext_key: "default", sticky_key: "Talk" });
    expect(place.session_key).toMatch(/^aethrolink-[0-9a-f]{32}$/);
    expect(sessionPlaceOf(openclaw, {}, "Talk")).toEqual(place);
    expect(sessionPlaceOf(openclaw, {}, "talk").session_key).not.toBe(place.session_key);
    expect(sessionPlaceOf(openclaw, {}, null).session_key).toBeNull();
  });

  test("at OpenClaw goes by the caller's session key, whatever the sticky key", () => {
    const options = { session_key: "agent:main:x" };
    const place = {
      subcontext_key: "session:agent:main:x",
      sticky_key: "agent:main:x",
      session_key: "agent:main:x",
    };
    expect(sessionPlaceOf(openclaw, options, "talk")).toEqual(place);
    expect(sessionPlaceOf(openclaw, options, null)).toEqual(place);
    expect(sessionPlaceOf(generic, options, "talk")).toMatchObject({ sticky_key: "talk", session_key: null });
  });

  test("that must not lead to the session before has another key, unless the caller named it", () => {
    const place = sessionPlaceOf(openclaw, {}, "talk");
    expect(renewed(place).session_key).toMatch(new RegExp(`^${place.session_key}-[0-9a-f]{8}$`));
    expect(renewed(place).session_key).not.toBe(renewed(place).session_key);
    const named = sessionPlaceOf(openclaw, { session_key: "mine" }, "talk");
    expect(renewed(named)).toEqual(named);
    const keyless = sessionPlaceOf(generic, {}, "talk");
    expect(renewed(keyless)).toEqual(keyless);
  });

  test("has a slot that no conversation of the same name shares with a session key", () => {
    const named = slotOf(sessionPlaceOf(openclaw, { session_key: "talk" }, null));
    expect(named).not.toBe(slotOf(sessionPlaceOf(openclaw, {}, "talk")));
    expect(slotOf(sessionPlaceOf(openclaw, {}, null))).toBeNull();
  });
});
