/** The life of a task as its table says, written by hand and apart from the code under test. */

export interface ModelState {
  readonly status: string;
  readonly open: number;
  readonly cancel: string | null;
}

export const statuses = [
  "created",
  "pending_launch",
  "launching",
  "ready",
  "dispatching",
  "running",
  "awaiting_input",
  "completed",
  "failed",
  "cancelled",
] as const;

export const kinds = [
  "task.created",
  "task.routed",
  "runtime.pending_launch",
  "runtime.launching",
  "runtime.ready",
  "task.dispatching",
  "task.running",
  "task.progress",
  "task.awaiting_input",
  "task.resume_requested",
  "task.resumed",
  "task.cancel_requested",
  "task.completed",
  "task.failed",
  "task.cancelled",
  "artifact.created",
  "runtime.health",
] as const;

const over = (status: string) => status === "completed" || status === "failed" || status === "cancelled";
const working = (status: string) => status === "running" || status === "awaiting_input";

const among = (...list: string[]) => new Set(list);
const beforeReady = among("created", "pending_launch", "launching");
const beforeDispatching = among("created", "pending_launch", "launching", "ready");

type Rule = (state: ModelState) => string | undefined;

/** `to` from any of the statuses. */
const from =
  (list: ReadonlySet<string>, to: string): Rule =>
  ({ status }) =>
    list.has(status) ? to : undefined;
const stays: Rule = ({ status }) => status;
const asks: Rule = ({ status, cancel }) =>
  working(status) && cancel === null ? "awaiting_input" : undefined;
const answers: Rule = ({ status, cancel, open }) =>
  status === "awaiting_input" && cancel === null && open > 0 ? "awaiting_input" : undefined;
const settles: Rule = (state) => {
  const asked = answers(state);
  return asked === undefined || state.open > 1 ? asked : "running";
};

const rules: { readonly [kind: string]: Rule } = {
  "task.created": () => undefined,
  "task.routed": from(among("created"), "created"),
  "runtime.pending_launch": from(beforeDispatching, "pending_launch"),
  "runtime.launching": from(among("pending_launch"), "launching"),
  "runtime.ready": from(beforeReady, "ready"),
  "task.dispatching": from(among("ready"), "dispatching"),
  "task.running": from(among("dispatching"), "running"),
  "task.progress": ({ status }) => (working(status) ? status : undefined),
  "task.awaiting_input": asks,
  "task.resume_requested": answers,
  "task.resumed": settles,
  "task.cancel_requested": ({ status, cancel }) => (cancel === null ? status : undefined),
  "task.completed": ({ status }) => (working(status) ? "completed" : undefined),
  "task.failed": () => "failed",
  "task.cancelled": ({ cancel }) => (cancel === "caller" || cancel === "parent" ? "cancelled" : undefined),
  "artifact.created": stays,
  "runtime.health": stays,
};

/** The state after an event; undefined where it changes nothing and isn't kept. */
export function expected(state: ModelState, kind: string): string | undefined {
  return over(state.status) ? undefined : rules[kind]?.(state);
}
