/** Where a life of a task and its hand-written model say different things. */
import type { CancelledBy, TaskEventKind, TaskStatus } from "#contracts/enums.ts";
import type { TaskState } from "#src/core/task-machine.ts";
import { expected, kinds, statuses } from "./lifecycle-model.ts";

export interface Machine {
  next(state: TaskState, kind: TaskEventKind): TaskStatus | undefined;
  ended(status: TaskStatus): boolean;
}

const cancels: readonly (CancelledBy | null)[] = [null, "caller", "parent", "timeout"];
const opens = [0, 1, 2];
const over = ["completed", "failed", "cancelled"];

/** What a machine and the model make of one kind of event in one status, where they differ. */
export function differences({ next }: Pick<Machine, "next">, status: TaskStatus, kind: TaskEventKind) {
  return cancels.flatMap((cancel) =>
    opens.flatMap((open) => {
      const state = { status, open, cancel };
      const [after, model] = [next(state, kind), expected(state, kind)];
      return after === model ? [] : [{ ...state, kind, after, model }];
    }),
  );
}

/** Whether a machine and the model differ anywhere. */
export function differs(machine: Machine): boolean {
  return (
    statuses.some((status) => machine.ended(status) !== over.includes(status)) ||
    statuses.some((status) => kinds.some((kind) => differences(machine, status, kind).length > 0))
  );
}
