/** What tests of HTTP runtimes need: the shipped fake as a command or as a server, and the adapter. */
import { type ChildProcess, spawn } from "node:child_process";
import { type AcpHttpOptions, createAcpHttpAdapter } from "#src/adapters/acp-http/index.ts";
import type { Target } from "#src/core/ports.ts";
import { type OpenAdapter, openAdapter, targetOf } from "./launching.ts";
import { commAgentProgram, type TargetEntry } from "./programs.ts";

const program = await commAgentProgram();

/** The command of the shipped fake. */
export const commAgent = (...flags: string[]): string[] => [process.execPath, program, ...flags];

/** A target whose server is started for it at a port. */
export function managedTarget(
  port: number,
  flags: readonly string[] = [],
  changes: Partial<Target> = {},
): Target {
  const target = targetOf(commAgent("--port", String(port), ...flags));
  const endpoint = `http://127.0.0.1:${port}`;
  return { ...target, adapter: "acp_http", dialect: "acp", endpoint, healthcheck: "/ping", ...changes };
}

/** A target whose server others run. */
export function externalTarget(endpoint: string, changes: Partial<Target> = {}): Target {
  const target = targetOf(null);
  const launch = { ...target.launch, mode: "external" as const };
  return {
    ...target,
    adapter: "acp_http",
    dialect: "acp",
    launch,
    endpoint,
    healthcheck: "/ping",
    ...changes,
  };
}

/** An entry of the registry for a server that others run. */
export function httpEntry(endpoint: string, more: TargetEntry["more"] = {}): TargetEntry {
  return { more: { adapter: "acp_http", endpoint, ...more } };
}

export interface CommServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
}

const living = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of living) child.kill("SIGKILL");
});

/** Starts a server that prints where it answers. */
export async function startServer([file = "", ...args]: readonly string[]): Promise<CommServer> {
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "ignore"] });
  living.add(child);
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  void gone.then(() => living.delete(child));
  const url = await new Promise<string>((resolve, reject) => {
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      const found = / answers at (\S+)\n/.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    });
    void gone.then(() => reject(new Error(`the server ended: ${said}`)));
  });
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await gone;
  };
  return { url, port: Number(new URL(url).port), kill, [Symbol.asyncDispose]: kill };
}

/** Starts the shipped fake. */
export const startCommAgent = (...flags: string[]): Promise<CommServer> =>
  startServer(commAgent("--port", "0", ...flags));

/** The adapter of the HTTP Agent Communication Protocol. */
export const openHttpAdapter = (changes: Partial<AcpHttpOptions> = {}): OpenAdapter =>
  openAdapter((options) => createAcpHttpAdapter({ ...options, ...changes }));
