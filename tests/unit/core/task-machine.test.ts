import { describe, expect, it } from "vitest";
import { taskEventKinds, taskStatuses } from "#contracts/enums.ts";
import { ended, next } from "#src/core/task-machine.ts";
import { differences } from "./compare-machine.ts";
import { kinds, statuses } from "./lifecycle-model.ts";

describe("the lifecycle table", () => {
  it("knows the same statuses and kinds as its model", () => {
    expect([...taskStatuses]).toEqual([...statuses]);
    expect([...taskEventKinds]).toEqual([...kinds]);
  });

  describe.each(taskStatuses)("in %s", (status) => {
    it.each(taskEventKinds)("says of %s what the model says, whatever is open or cancelled", (kind) => {
      expect(differences({ next }, status, kind)).toEqual([]);
    });
  });

  it("calls completed, failed and cancelled ended, and nothing else", () => {
    expect(taskStatuses.filter(ended)).toEqual(["completed", "failed", "cancelled"]);
  });
});
