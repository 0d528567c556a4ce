import { describe, expect, it } from "vitest";
import { type TaskStatus, type ThreadStatus, taskStatuses } from "#contracts/enums.ts";
import {
  type EndedTurn,
  handOffEnd,
  nextPair,
  type Stops,
  threadStatus,
  usualStops,
} from "#src/core/thread.ts";

const two = { agent_a_id: "a", agent_b_id: "b" };
const aToB = { sender: "a", target: "b" };
const bToA = { sender: "b", target: "a" };

describe("who speaks next", () => {
  it.each([
    ["agent A at first", undefined, {}, aToB],
    ["the one that was spoken to last", aToB, {}, bToA],
    ["the first again after that", bToA, {}, aToB],
    ["a sender that is named, also twice in a row", aToB, { sender: "a" }, aToB],
    ["the other one of a target that is named", aToB, { target: "b" }, aToB],
    ["the pair that is named", aToB, { sender: "b", target: "a" }, bToA],
  ])("is %s", (_, last, given, expected) => {
    expect(nextPair(two, last, given)).toEqual(expected);
  });

  it.each([
    [{ sender: "c" }, "c is not in this thread; it is of a and b"],
    [{ target: "c" }, "c is not in this thread; it is of a and b"],
    [{ sender: "b", target: "b" }, "b can't speak to itself"],
  ])("refuses %j in words", (given, why) => {
    expect(nextPair(two, aToB, given)).toEqual({ why });
  });
});

describe("how a thread stands", () => {
  const expected: { readonly [Status in TaskStatus]: readonly [alone: ThreadStatus, due: ThreadStatus] } = {
    created: ["active", "active"],
    pending_launch: ["active", "active"],
    launching: ["active", "active"],
    ready: ["active", "active"],
    dispatching: ["active", "active"],
    running: ["active", "active"],
    awaiting_input: ["paused", "paused"],
    completed: ["completed", "active"],
    failed: ["failed", "active"],
    cancelled: ["cancelled", "active"],
  };
  it.each(taskStatuses)("follows from a last turn that is %s", (status) => {
    const stands = [threadStatus({ status }, false), threadStatus({ status }, true)];
    expect(stands).toEqual(expected[status]);
  });

  it("is active before its first turn", () => {
    expect(threadStatus(undefined, false)).toBe("active");
  });

  it("is interrupted where its last turn was cut off with the node", () => {
    expect(threadStatus({ status: "failed", reason: "interrupted" }, false)).toBe("interrupted");
    expect(threadStatus({ status: "failed", reason: "remote_failed" }, false)).toBe("failed");
  });
});

describe("whether two go on by themselves", () => {
  const well: EndedTurn = { status: "completed", asked: false, repeated: false, answered: true };
  const failed: EndedTurn = { ...well, status: "failed", reason: "remote_failed" };
  const never: Stops = {
    stop_on_awaiting_input: false,
    stop_on_same_actor_repeat: false,
    stop_on_terminal_error: false,
  };
  const always: Stops = {
    stop_on_awaiting_input: true,
    stop_on_same_actor_repeat: true,
    stop_on_terminal_error: true,
  };
  it.each<[string, EndedTurn, Record<"never" | "usual" | "always", string | undefined>]>([
    ["went well", well, { never: undefined, usual: undefined, always: undefined }],
    [
      "asked something",
      { ...well, asked: true },
      { never: undefined, usual: "awaiting_input", always: "awaiting_input" },
    ],
    [
      "repeated itself",
      { ...well, repeated: true },
      { never: undefined, usual: undefined, always: "same_actor_repeat" },
    ],
    ["failed", failed, { never: undefined, usual: "terminal_error", always: "terminal_error" }],
    [
      "was cancelled",
      { ...well, status: "cancelled" },
      { never: "cancelled", usual: "cancelled", always: "cancelled" },
    ],
    [
      "was interrupted",
      { ...failed, reason: "interrupted" },
      { never: "interrupted", usual: "interrupted", always: "interrupted" },
    ],
    [
      "left nothing to say",
      { ...well, answered: false },
      { never: "no_answer", usual: "no_answer", always: "no_answer" },
    ],
  ])("after a turn that %s", (_, turn, expected) => {
    const ends = {
      never: handOffEnd(never, turn),
      usual: handOffEnd(usualStops, turn),
      always: handOffEnd(always, turn),
    };
    expect(ends).toEqual(expected);
  });
});
