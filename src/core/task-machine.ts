/**
 * The life of a task, as data. Callers say what happened; only this table knows which state follows.
 *
 * 1. A task is created once and ends once: nothing leaves completed, failed or cancelled.
 * 2. A cancel is asked for once; a second one changes nothing.
 * 3. A task that was cancelled by its timeout never ends as cancelled.
 * 4. While a cancel is under way no question is opened, answered or settled.
 *
 * The diagram and the table in the docs are printed from here.
 */
import {
  type CancelledBy,
  type OpenStatus,
  type TaskEventKind,
  type TaskStatus,
  type TerminalStatus,
  terminalStatuses,
} from "#contracts/enums.ts";

/** What the next state depends on. */
export interface TaskState {
  readonly status: TaskStatus;
  /** How many questions are open. */
  readonly open: number;
  /** Who asked for the cancel that is under way. */
  readonly cancel: CancelledBy | null;
}

export interface Step {
  readonly what: string;
  readonly from: readonly OpenStatus[];
  /** `same`: the event is kept and the state stays. */
  readonly to: TaskStatus | "same";
  /** What must hold of a cancel; absent: anything. `asked`: by the caller or the parent. */
  readonly cancel?: "none" | "asked";
  /** How many questions must be open; absent: anything. */
  readonly open?: "one" | "several" | "some";
}

const queued = ["created", "pending_launch", "launching", "ready"] as const satisfies OpenStatus[];
const handedOver = ["running", "awaiting_input"] as const satisfies OpenStatus[];
const anyOpen = [...queued, "dispatching", ...handedOver] as const satisfies OpenStatus[];

/** Per kind of event: the steps that it may be. It compiles only when every kind has its row. */
export const taskMachine: { readonly [Kind in TaskEventKind]: readonly Step[] } = {
  // A task begins with this event, so no state of a task that exists allows it.
  "task.created": [],
  "task.routed": [{ what: "a target was found", from: ["created"], to: "same" }],
  "runtime.pending_launch": [
    { what: "the runtime is down and shall be started", from: ["created"], to: "pending_launch" },
    {
      what: "the lease was lost, or the node was restarted",
      from: ["pending_launch", "launching", "ready"],
      to: "pending_launch",
    },
  ],
  "runtime.launching": [{ what: "the launch has begun", from: ["pending_launch"], to: "launching" }],
  "runtime.ready": [
    {
      what: "the runtime is usable, the place is granted, the lease is held",
      from: ["created", "pending_launch", "launching"],
      to: "ready",
    },
  ],
  "task.dispatching": [{ what: "the work is about to be handed over", from: ["ready"], to: "dispatching" }],
  "task.running": [{ what: "the runtime has the work", from: ["dispatching"], to: "running" }],
  "task.progress": [{ what: "a step of the work", from: handedOver, to: "same" }],
  "task.awaiting_input": [
    { what: "the runtime asks", from: handedOver, to: "awaiting_input", cancel: "none" },
  ],
  "task.resume_requested": [
    { what: "the caller answers", from: ["awaiting_input"], to: "same", cancel: "none", open: "some" },
  ],
  "task.resumed": [
    {
      what: "a question is settled, others are open",
      from: ["awaiting_input"],
      to: "same",
      cancel: "none",
      open: "several",
    },
    {
      what: "the last open question is settled",
      from: ["awaiting_input"],
      to: "running",
      cancel: "none",
      open: "one",
    },
  ],
  "task.cancel_requested": [
    { what: "somebody, or the task's timeout, asks for its end", from: anyOpen, to: "same", cancel: "none" },
  ],
  "task.completed": [{ what: "the runtime has finished", from: handedOver, to: "completed" }],
  "task.failed": [{ what: "it can't be done, went wrong, or took too long", from: anyOpen, to: "failed" }],
  "task.cancelled": [
    { what: "the work that was cancelled has stopped", from: anyOpen, to: "cancelled", cancel: "asked" },
  ],
  "artifact.created": [{ what: "bytes were stored for it", from: anyOpen, to: "same" }],
  "runtime.health": [{ what: "news of its runtime or of its place in the queue", from: anyOpen, to: "same" }],
};

const openFits = {
  one: (open: number) => open === 1,
  several: (open: number) => open > 1,
  some: (open: number) => open > 0,
} as const;

const cancelFits = {
  none: (cancel: CancelledBy | null) => cancel === null,
  asked: (cancel: CancelledBy | null) => cancel === "caller" || cancel === "parent",
} as const;

function fits(step: Step, task: TaskState): boolean {
  return (
    (step.from as readonly TaskStatus[]).includes(task.status) &&
    (step.cancel === undefined || cancelFits[step.cancel](task.cancel)) &&
    (step.open === undefined || openFits[step.open](task.open))
  );
}

/**
 * Where a task stands after something happened to it.
 * @returns the state after the event, or undefined where the event changes nothing and is not kept
 */
export function next(task: TaskState, kind: TaskEventKind): TaskStatus | undefined {
  const step = taskMachine[kind].find((candidate) => fits(candidate, task));
  if (step === undefined) return undefined;
  return step.to === "same" ? task.status : step.to;
}

/** Whether a status is final. */
export function ended(status: TaskStatus): status is TerminalStatus {
  return (terminalStatuses as readonly TaskStatus[]).includes(status);
}
