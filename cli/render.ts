/** Answers in words. */
import type { TargetSpec, TaskEvent, TaskRecord, TokenRecord } from "@aethrolink/client";

/** Rows under their names, as wide as they need. */
export function table(rows: readonly { readonly [name: string]: string }[], none: string): string {
  const [first] = rows;
  if (first === undefined) return none;
  const names = Object.keys(first);
  const widths = names.map((name) => Math.max(name.length, ...rows.map((row) => (row[name] ?? "").length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join("  ")
      .trimEnd();
  return [
    line(names.map((name) => name.toUpperCase())),
    ...rows.map((row) => line(names.map((name) => row[name] ?? ""))),
  ].join("\n");
}

/** What a terminal would take for a command is shown, not sent to it. */
export function printable(text: string): string {
  return [...text]
    .map((char) => (isControl(char.charCodeAt(0)) ? `\\x${char.charCodeAt(0).toString(16)}` : char))
    .join("");
}

const isControl = (code: number) =>
  (code < 0x20 && code !== 0x09 && code !== 0x0a) || (code >= 0x7f && code <= 0x9f);

/** The beginning of a text. */
export const shorten = (text: string, length: number) =>
  text.length <= length ? text : `${text.slice(0, length - 1)}…`;
/** A text without its line breaks, and without what a terminal would obey. */
export const oneLine = (text: string) => printable(text.replaceAll(/\s+/g, " ").trim());

/** A task with what matters of it. */
export function taskInWords(task: TaskRecord): string {
  return fieldsInWords([
    ["task", task.task_id],
    ["status", task.status],
    ["intent", task.intent],
    ["target", task.resolved_runtime],
    ["sender", task.sender],
    ["thread", task.thread_id],
    ["conversation", task.conversation_id],
    ["part of", task.trace.parent_task_id],
    ["created", task.created_at],
    ["finished", task.finished_at ?? undefined],
    [
      "why",
      task.last_error === null ? undefined : `${task.last_error.reason}: ${task.last_error.detail ?? ""}`,
    ],
    ["usage", usageInWords(task)],
    ["result", task.result === null ? undefined : shorten(oneLine(task.result.text), 200)],
  ]);
}

/** Names and values, a line each; what is undefined has none. */
export function fieldsInWords(fields: readonly (readonly [string, string | undefined])[]): string {
  return fields
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(13)}${value}`]))
    .join("\n");
}

function usageInWords({ usage }: TaskRecord): string | undefined {
  if (usage === null || usage.source === "none") return undefined;
  const parts = [
    usage.input_tokens === undefined ? undefined : `${usage.input_tokens} tokens in`,
    usage.output_tokens === undefined ? undefined : `${usage.output_tokens} out`,
    usage.cost_usd === undefined ? undefined : `$${usage.cost_usd}`,
  ];
  return parts.filter((part) => part !== undefined).join(", ");
}

/** A line for each task. */
export function tasksInWords(tasks: readonly TaskRecord[]): string {
  const rows = tasks.map(({ task_id, status, resolved_runtime, intent, sender, created_at }) => ({
    task: task_id,
    status,
    target: resolved_runtime ?? "",
    intent: shorten(intent, 32),
    sender,
    created: created_at,
  }));
  return table(rows, "There are no such tasks.");
}

/** A line for each target. */
export function targetsInWords(targets: readonly TargetSpec[]): string {
  const rows = targets.map((target) => ({
    target: target.target_id,
    adapter: [target.adapter, target.dialect].filter(Boolean).join("/"),
    capabilities: shorten(target.capabilities.join(", ") || "any", 60),
    from: target.peer_id === undefined ? target.source : `peer, ${target.peer_status ?? "offline"}`,
    ...(target.command === undefined ? {} : { command: target.command.join(" ") }),
  }));
  return table(rows, "There are no targets. Name some in the registry file (--registry of alink-node).");
}

/** A line for each token. */
export function tokensInWords(tokens: readonly TokenRecord[]): string {
  return table(
    tokens.map(({ token_id, role, name, created_at }) => ({
      token: token_id,
      role,
      name,
      created: created_at,
    })),
    "There are no tokens.",
  );
}

const time = (event: TaskEvent) => event.created_at.slice(11, 23);

/** An event in a line. */
export function eventInWords(event: TaskEvent): string {
  return `${time(event)}  ${event.kind.padEnd(22)} ${shorten(oneLine(detailOf(event)), 160)}`.trimEnd();
}

function detailOf(event: TaskEvent): string {
  switch (event.kind) {
    case "task.progress":
      return progressInWords(event.data);
    case "task.failed":
      return `${event.data.reason}: ${event.data.detail ?? ""}`;
    case "task.completed":
      return event.data.result.text;
    case "task.running":
      return `${event.data.continuity} session: ${event.data.continuity_reason}`;
    case "task.cancel_requested":
      return `by ${event.data.by}${event.data.reason === undefined ? "" : `: ${event.data.reason}`}`;
    case "task.awaiting_input":
      return `it asks: ${event.data.prompt}`;
    case "runtime.health":
      return healthInWords(event.data) || (event.message ?? "");
    case "artifact.created":
      return `${event.data.media_type}, ${event.data.size_bytes} bytes: ${event.data.artifact_id}`;
    default:
      return event.message ?? "";
  }
}

type HealthData = Extract<TaskEvent, { kind: "runtime.health" }>["data"];

function healthInWords({ healthy, queue_position }: HealthData): string {
  const parts = [
    queue_position === undefined ? undefined : queuePosition(queue_position),
    healthy === false ? "its runtime is not up" : undefined,
  ];
  return parts.filter((part) => part !== undefined).join("; ");
}

const queuePosition = (position: number) =>
  position === 1 ? "next in the queue" : `number ${position} in the queue`;

/** Where a task stands after an event, for a line that people watch. */
export function standingInWords(event: TaskEvent): string {
  const position = event.kind === "runtime.health" ? event.data.queue_position : undefined;
  return position === undefined ? event.state : `${event.state}, ${queuePosition(position)}`;
}

type ProgressData = Extract<TaskEvent, { kind: "task.progress" }>["data"];

function progressInWords(data: ProgressData): string {
  if ("text" in data && typeof data.text === "string")
    return data.type === "message" ? data.text : `[${data.type}] ${data.text}`;
  if (data.type === "tool_call")
    return `[tool] ${String(data.title ?? data.tool_call_id)} ${String(data.status ?? "")}`;
  return `[${data.type}]`;
}
