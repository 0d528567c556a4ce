/** The node's figures in the text format of Prometheus (version 0.0.4). */
import { taskStatuses } from "#contracts/enums.ts";
import type { Server } from "./app.ts";

interface Figure {
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
  /** By the value of its one label. */
  readonly values: { readonly [label: string]: number };
  readonly label?: string;
}

function figuresOf({ engine, streams, counts }: Server): Figure[] {
  const open: { [status: string]: number } = {};
  for (const status of taskStatuses) if (!(status in engine.log.counts.ended)) open[status] = 0;
  for (const { task } of engine.log.openTasks.values()) open[task.status] = (open[task.status] ?? 0) + 1;
  const one = (name: string, type: Figure["type"], help: string, value: number): Figure => ({
    name,
    type,
    help,
    values: { "": value },
  });
  return [
    { name: "tasks_open", type: "gauge", help: "Open tasks.", label: "status", values: open },
    {
      name: "tasks_waiting",
      type: "gauge",
      help: "Tasks that wait for a place.",
      label: "target",
      values: waitingAt(engine),
    },
    {
      name: "tasks_ended_total",
      type: "counter",
      help: "Tasks that ended since the start.",
      label: "status",
      values: engine.log.counts.ended,
    },
    one("events_total", "counter", "Events written since the start.", engine.log.counts.events),
    one("commits_total", "counter", "Transactions committed since the start.", engine.log.batch.commits()),
    one("streams_open", "gauge", "Streams that are followed.", streams.count()),
    {
      name: "requests_refused_total",
      type: "counter",
      help: "Requests that the guard refused.",
      label: "code",
      values: counts.refused,
    },
    one("resident_memory_bytes", "gauge", "Resident memory.", process.memoryUsage.rss()),
    one("uptime_seconds", "gauge", "Seconds since the start.", Math.round(process.uptime())),
  ];
}

const waitingAt = ({ routing, places }: Server["engine"]) =>
  Object.fromEntries([...routing.targets.keys()].map((target_id) => [target_id, places.waiting(target_id)]));

/** All figures as text. */
export function metricsText(server: Server): string {
  const lines = figuresOf(server).flatMap(({ name, type, help, label, values }) => [
    `# HELP aethrolink_${name} ${help}`,
    `# TYPE aethrolink_${name} ${type}`,
    ...Object.entries(values).map(([value, figure]) =>
      label === undefined
        ? `aethrolink_${name} ${figure}`
        : `aethrolink_${name}{${label}="${value}"} ${figure}`,
    ),
  ]);
  return `${lines.join("\n")}\n`;
}
