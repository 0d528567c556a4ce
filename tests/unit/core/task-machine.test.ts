import { describe, expect, it } from "vitest";
import { cancelledBy, taskEventKinds, taskStatuses } from "#contracts/enums.ts";
import { ended, next } from "#src/core/task-machine.ts";
import { expected, kinds, statuses } from "./lifecycle-model.ts";

const cancels = [null, ...cancelledBy];
const opens = [0, 1, 2];

describe("the lifecycle table", () => {
  it("knows the same statuses and kinds as its model", () => {
    expect([...taskStatuses]).toEqual([...statuses]);
    expect([...taskEventKinds]).toEqual([...kinds]);
  });

  describe.each(taskStatuses)("in %s", (status) => {
    it.each(taskEventKinds)("says of %s what the model says, whatever is open or cancelled", (kind) => {
      for (const cancel of cancels) {
        for (const open of opens) {
          const state = { status, open, cancel };
          expect({ ...state, after: next(state, kind) }).toEqual({ ...state, after: expected(state, kind) });
        }
      }
    });
  });

  it("calls completed, failed and cancelled ended, and nothing else", () => {
    expect(taskStatuses.filter(ended)).toEqual(["completed", "failed", "cancelled"]);
  });
});
