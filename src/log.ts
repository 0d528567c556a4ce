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

/**
 * Opens the log on standard error.
 * @param readable lines for people instead of JSON
 */
export async function openLog(level: LogLevel, readable: boolean): Promise<Logger> {
  const options = { level, base: { pid: process.pid }, redact: { paths: secrets, censor: "[masked]" } };
  return pino(options, readable ? await readableLines() : pino.destination({ fd: 2, sync: true }));
}

/** Loaded only where somebody reads along. */
async function readableLines(): Promise<DestinationStream> {
  const { default: pretty } = await import("pino-pretty");
  return pretty({ destination: 2, sync: true, ignore: "pid,hostname", translateTime: "SYS:HH:MM:ss.l" });
}
