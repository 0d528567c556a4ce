/** What is measured: a node as it is shipped, the ceiling, and another server with the same API. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TargetEntry } from "../programs.ts";
import { createHome, startNode } from "../support.ts";
import type { Options } from "./options.ts";

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** An agent that adds no time of its own. */
export const quickAgent = (): { readonly [name: string]: TargetEntry } => ({
  bench: { command: [process.execPath, here("agent.mjs")] },
});

/** The program as people start it. */
export const shippedNode = here("../../cli/bin/alink-node.mjs");

export interface Server extends AsyncDisposable {
  readonly name: string;
  readonly url: string;
  readonly token?: string;
  /** Undefined: it runs elsewhere, so that nothing is known of what it uses. */
  readonly pid?: number;
  /** The target that is the agent of these benchmarks. */
  readonly target: string;
}

/** A node of this build. */
export interface OwnServer extends Server {
  readonly token: string;
  readonly pid: number;
}

export const ourName = "this build";
export const ceilingName = "ceiling";

/** A node with everything on disk, tokens and checks, as it is by default. */
export async function startOurs(): Promise<OwnServer> {
  const home = createHome(quickAgent());
  const { url, token, pid, kill } = await startNode({
    ...home,
    program: shippedNode,
    args: ["--log-level", "warn"],
  });
  return {
    ...{ name: ourName, url, token, pid, target: "bench" },
    async [Symbol.asyncDispose]() {
      await kill(); // some loads leave tasks that never end
      home[Symbol.dispose]();
    },
  };
}

/** The bare server of `ceiling.ts`. */
export async function startCeiling(): Promise<Server> {
  const directory = mkdtempSync(join(tmpdir(), "aethrolink-ceiling-"));
  const args = [here("ceiling.ts"), join(directory, "ceiling.db"), here("agent.mjs")];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const url = await announced(child);
  return {
    ...{ name: ceilingName, url, target: "bench" },
    ...(child.pid === undefined ? {} : { pid: child.pid }),
    async [Symbol.asyncDispose]() {
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Where a program says that it answers. */
function announced(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      const url = /answers at (\S+)/.exec(text)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.once("exit", (code) => reject(new Error(`a program ended with ${code} before it answered`)));
  });
}

/** All that are compared, in the order in which they take turns. */
export async function startAll({ against }: Options): Promise<Server[]> {
  const others = against === undefined ? [] : [{ ...against, async [Symbol.asyncDispose]() {} }];
  return [await startOurs(), await startCeiling(), ...others];
}

/** Ends them all at the end of a block. */
export function endingAll(servers: readonly Server[]): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      for (const server of servers) await server[Symbol.asyncDispose]();
    },
  };
}
