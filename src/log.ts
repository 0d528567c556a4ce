/** The node's own log: JSON lines, or readable ones on a terminal; never a payload, a token or an environment. */
import { type DestinationStream, type Logger, pino } from "pino";

export type { Logger } from "pino";

export const logLevels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

/** Paths that are masked wherever they turn up in a line. */
const secrets = [
  "authorization",
  "token",
  "headers.authorization",
  "req.headers.authorization",
  "*.authorization",
  "*.token",
];

/** What can't be written is kept up to here, and follows when it can; more of it is lost. */
const keptBytes = 1024 * 1024;

/**
 * Opens the log on standard error. Where that takes nothing, the node goes on without it.
 * @param readable lines for people instead of JSON
 */
export async function openLog(level: LogLevel, readable: boolean): Promise<Logger> {
  const options = { level, base: { pid: process.pid }, redact: { paths: secrets, censor: "[masked]" } };
  const destination = pino.destination({ fd: 2, sync: true, maxLength: keptBytes });
  destination.on("error", () => {});
  return pino(options, readable ? await readableLines(destination) : destination);
}

/** Loaded only where somebody reads along. */
async function readableLines(destination: DestinationStream): Promise<DestinationStream> {
  const { default: pretty } = await import("pino-pretty");
  return pretty({ destination, sync: true, ignore: "pid,hostname", translateTime: "SYS:HH:MM:ss.l" });
}
