/** Who is measured: the node as it is, the ceiling, and another server with the same API where one is named. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createHome, startNode } from "../support.ts";
import { agentCommand, quickAgent } from "./measure.ts";

export interface Server {
  readonly name: string;
  readonly url: string;
  readonly token: string;
  /** Of a process on this machine. */
  readonly pid?: number;
}

export interface Servers extends AsyncDisposable {
  /** The node first, then what it is held against. */
  readonly all: readonly [Server, ...Server[]];
}

export const ceilingName = "the ceiling";

/** Another server, as the command line names it. */
export interface Other {
  readonly url: string;
  readonly token: string;
}

async function startCeiling(): Promise<Server & AsyncDisposable> {
  const folder = mkdtempSync(join(tmpdir(), "aethrolink-ceiling-"));
  const program = fileURLToPath(new URL("ceiling.mjs", import.meta.url));
  const child = spawn(process.execPath, [program, join(folder, "ceiling.db"), JSON.stringify(agentCommand)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [url] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return {
    name: ceilingName,
    url,
    token: "",
    pid: child.pid ?? 0,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      if (child.exitCode === null) await once(child, "exit");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Starts the node and the ceiling. */
export async function startServers(other?: Other): Promise<Servers> {
  await using left = new AsyncDisposableStack();
  const home = left.use(createHome(quickAgent()));
  const { dataDir, registry } = home;
  const node = left.use(await startNode({ dataDir, registry, args: ["--log-level", "warn"] }));
  const ceiling = left.use(await startCeiling());
  const ours = { name: "the node", url: node.url, token: node.token, pid: node.pid };
  const kept = left.move();
  return {
    all: [ours, ceiling, ...(other === undefined ? [] : [{ name: "the other server", ...other }])],
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
