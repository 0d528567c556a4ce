/** The real OpenClaw: its gateway, and the bridge to it that a node starts. */
import { spawn } from "node:child_process";
import { mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { signalGroup } from "#src/processes/os.ts";
import type { Found } from "../installed.ts";
import { findNpmProgram, pathWithNode } from "../npm-package.ts";
import type { TargetEntry } from "../programs.ts";
import type { Place } from "./world.ts";

/** OpenClaw, installed if it isn't yet (a minute, 650 MB). */
export const findOpenClaw = (): Promise<Found> =>
  findNpmProgram({ name: "openclaw", version: "2026.9.6", program: "openclaw", check: ["--version"] });

/** Where a gateway keeps what it knows, and how it and its bridge are called. */
export interface OpenClawHome {
  readonly path: string;
  readonly env: { readonly [name: string]: string };
  readonly gateway: readonly string[];
  /** Says whether the gateway is ready. */
  readonly healthcheck: string;
  /** The bridge, as a registry has it. */
  readonly target: TargetEntry;
}

/** Makes a home that knows one model, and nothing of the user's. It asks before it runs a command. */
export async function makeOpenClawHome(program: string, { path, model }: Place): Promise<OpenClawHome> {
  const home = join(path, "openclaw");
  const state = join(home, "state");
  mkdirSync(state, { recursive: true });
  const port = await freePort();
  const token = "a-token-of-the-gateway";
  const fake = {
    api: "openai-completions",
    baseUrl: model.url,
    apiKey: "sk-fake",
    models: [{ id: "fake-model", name: "fake-model" }],
  };
  const config = {
    gateway: { mode: "local", bind: "loopback", port, auth: { mode: "token", token } },
    models: { providers: { fake } },
    agents: { defaults: { model: { primary: "fake/fake-model" }, workspace: join(home, "workspace") } },
    tools: { exec: { mode: "ask" } },
    logging: { file: join(home, "openclaw.log") },
  };
  writeFileSync(join(state, "openclaw.json"), JSON.stringify(config));
  const tokenFile = join(home, "token");
  writeFileSync(tokenFile, token, { mode: 0o600 });
  const env = { HOME: home, PATH: pathWithNode, OPENCLAW_STATE_DIR: state };
  return {
    path: home,
    env,
    gateway: [program, "gateway", "--port", String(port)],
    healthcheck: `http://127.0.0.1:${port}/readyz`,
    target: {
      command: [program, "acp", "--url", `ws://127.0.0.1:${port}`, "--token-file", tokenFile],
      env,
      timeout_ms: 120_000,
      more: {
        dialect: "openclaw",
        capabilities: ["research.topic"],
        defaults: { initialize_timeout_ms: 120_000 }, // 5 to 10 s, over 30 on a busy machine
      },
    },
  };
}

/** A port that was free a moment ago. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

export interface Gateway extends AsyncDisposable {
  readonly pid: number;
  /** Ends it at once. */
  kill(): Promise<void>;
}

const patienceMs = 120_000;

/** Starts the gateway of a home; resolves when it is ready, in 7 to 23 s. */
export async function startGateway({ path, env, gateway, healthcheck }: OpenClawHome): Promise<Gateway> {
  const log = join(path, "gateway.log");
  const output = openSync(log, "a");
  const [file = "", ...args] = gateway;
  const child = spawn(file, args, { env, cwd: path, detached: true, stdio: ["ignore", output, output] });
  const { pid } = child;
  if (pid === undefined) throw new Error("the gateway can't be started");
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const kill = async () => {
    if (child.exitCode === null && child.signalCode === null) signalGroup(pid, "SIGKILL");
    await gone;
  };
  const killWithUs = () => void kill();
  process.once("exit", killWithUs);
  void gone.then(() => process.off("exit", killWithUs));
  const started = performance.now();
  while (!(await isReady(healthcheck))) {
    const dead = child.exitCode !== null || child.signalCode !== null;
    if (dead || performance.now() - started > patienceMs) {
      await kill();
      throw new Error(`the gateway is not ready: ${readFileSync(log, "utf8").slice(-2000)}`);
    }
    await pause(100);
  }
  return { pid, kill, [Symbol.asyncDispose]: kill };
}

const isReady = (healthcheck: string): Promise<boolean> =>
  fetch(healthcheck).then(
    ({ ok }) => ok,
    () => false,
  );
