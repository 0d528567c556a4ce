/** Nodes for tests: the real program in a process of its own, on a data directory of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { EventSourceParserStream } from "eventsource-parser/stream";
import type { TaskEvent } from "#contracts/events.ts";
import type { TaskRecord } from "#contracts/tasks.ts";
import { nodeProgram, registryText, type TargetEntry } from "./programs.ts";

/** A directory for a node's data, beside its registry; gone at the end. */
export interface Home extends Disposable {
  readonly path: string;
  readonly dataDir: string;
  readonly registry: string;
  /** Another registry for the next start. */
  setRegistry(targets: { readonly [name: string]: TargetEntry }): void;
}

/** Makes a home. */
export function createHome(targets: { readonly [name: string]: TargetEntry } = {}): Home {
  const path = mkdtempSync(join(tmpdir(), "aethrolink-node-"));
  const registry = join(path, "registry.yaml");
  const setRegistry = (entries: { readonly [name: string]: TargetEntry }) =>
    writeFileSync(registry, registryText(entries));
  setRegistry(targets);
  return {
    path,
    dataDir: join(path, "data"),
    registry,
    setRegistry,
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }),
  };
}

export interface StartOptions {
  readonly registry?: string;
  readonly dataDir: string;
  readonly env?: { readonly [name: string]: string };
  readonly args?: readonly string[];
  /** Modules that the process loads first. */
  readonly preload?: readonly string[];
  /** The file of its program; default: made from its source as it is now. */
  readonly program?: string;
  /** What the node's command is put behind, e.g. `prlimit`. */
  readonly wrap?: readonly string[];
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process of `alink-node` that may never come up. */
export interface NodeProcess {
  readonly process: ChildProcess;
  readonly exited: Promise<Exit>;
  readonly stdout: () => string;
  readonly stderr: () => string;
}

const living = new Set<ChildProcess>();
/** Ends the nodes that tests which were given up have left. */
export function endNodes(): void {
  for (const child of living) child.kill("SIGKILL");
}

/** Starts the program. */
export async function spawnNode(options: StartOptions): Promise<NodeProcess> {
  const { registry, dataDir, env, args = [], preload = [], wrap = [] } = options;
  const program = options.program ?? (await nodeProgram());
  const flags = ["--port", "0", "--data-dir", dataDir];
  if (registry !== undefined) flags.push("--registry", registry);
  const imports = preload.flatMap((module) => ["--import", module]);
  const [file = "", ...rest] = [...wrap, process.execPath, ...imports, program, ...flags, ...args];
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("AETHROLINK_"));
  const child = spawn(file, rest, {
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  living.add(child);
  child.once("exit", () => living.delete(child));
  const stdout = textOf(child.stdout);
  const stderr = textOf(child.stderr);
  const exited = new Promise<Exit>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  exited.catch(() => {});
  return { process: child, exited, stdout, stderr };
}

function textOf(stream: Readable): () => string {
  const parts: string[] = [];
  stream.setEncoding("utf8").on("data", (chunk: string) => parts.push(chunk));
  return () => parts.join("");
}

export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export interface TestNode extends NodeProcess, AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** The operator's. */
  readonly token: string;
  readonly dataDir: string;
  /** Sends SIGTERM; resolves when it has gone. */
  stop(): Promise<Exit>;
  /** Sends SIGKILL; resolves when it has gone. */
  kill(): Promise<Exit>;
  /** Calls the API as the operator. */
  call<Body = unknown>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer<Body>>;
  /** Gives it a task; resolves with its record as it was accepted. */
  submit(request: { readonly [key: string]: unknown }): Promise<TaskRecord>;
  /** A task as it is now, or when it has ended or asks, in `waitS` seconds at most. */
  task(task_id: string, waitS?: number): Promise<TaskRecord>;
  /** Events of a task behind `after`, as they come, to the end of the stream. */
  events(task_id: string, after?: number): AsyncGenerator<TaskEvent, void, undefined>;
  /** Events of all tasks from the first on, as they come; without an end. */
  allEvents(): AsyncGenerator<TaskEvent, void, undefined>;
  /** All events of a task up to now. */
  history(task_id: string): Promise<TaskEvent[]>;
}

/** Starts a node; resolves when it answers. */
export async function startNode(options: StartOptions): Promise<TestNode> {
  const node = await spawnNode(options);
  const url = await answersAt(node);
  const token = readFileSync(join(options.dataDir, "operator.token"), "utf8").trim();
  const end = (signal: NodeJS.Signals) => {
    node.process.kill(signal);
    return node.exited;
  };
  return {
    ...node,
    ...callsOf(url, token),
    url,
    token,
    pid: node.process.pid ?? 0,
    dataDir: options.dataDir,
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
    async [Symbol.asyncDispose]() {
      const late = setTimeout(() => node.process.kill("SIGKILL"), 15_000);
      await end("SIGTERM");
      clearTimeout(late);
    },
  };
}

function answersAt(node: NodeProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const url = / answers at (\S+)\n/.exec(node.stdout())?.[1];
      if (url !== undefined) resolve(url);
    };
    node.process.stdout?.on("data", look);
    node.exited.then(
      ({ code }) => reject(new Error(`the node exited with ${code}: ${node.stderr()}`)),
      reject,
    );
  });
}

function callsOf(url: string, token: string) {
  const authorization = `Bearer ${token}`;
  const call = async <Body>(
    method: string,
    path: string,
    body?: unknown,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Answer<Body>> => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const type: Record<string, string> = body === undefined ? {} : { "content-type": "application/json" };
    const headers = { authorization, ...type, ...more };
    const answer = await fetch(url + path, { method, headers, ...sent });
    const text = await answer.text();
    const json = /json/.test(answer.headers.get("content-type") ?? "");
    return { status: answer.status, headers: answer.headers, body: json ? JSON.parse(text) : text };
  };
  const good = async <Body>(method: string, path: string, body?: unknown): Promise<Body> => {
    const answer = await call<Body>(method, path, body);
    if (answer.status >= 300) {
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    return answer.body;
  };
  return {
    call,
    submit: async (request: object) => {
      const accepted = { intent: "test.run", ...request };
      return (await good<{ task: TaskRecord }>("POST", "/v1/tasks", accepted)).task;
    },
    task: (task_id: string, waitS = 0) => good<TaskRecord>("GET", `/v1/tasks/${task_id}?wait=${waitS}`),
    async history(task_id: string) {
      const headers = { authorization, accept: "application/json" };
      const answer = await fetch(`${url}/v1/tasks/${task_id}/events`, { headers });
      return ((await answer.json()) as { events: TaskEvent[] }).events;
    },
    async *events(task_id: string, after = 0) {
      const headers = { authorization, ...(after > 0 ? { "last-event-id": String(after) } : {}) };
      const answer = await fetch(`${url}/v1/tasks/${task_id}/events`, { headers });
      if (answer.status === 204 || answer.body === null) return;
      if (answer.status !== 200) throw new Error(`events of ${task_id}: ${answer.status}`);
      yield* eventsIn(answer.body);
    },
    async *allEvents() {
      const answer = await fetch(`${url}/v1/events?after=0`, { headers: { authorization } });
      if (answer.status !== 200 || answer.body === null) throw new Error(`all events: ${answer.status}`);
      yield* eventsIn(answer.body);
    },
  };
}

async function* eventsIn(body: NonNullable<Response["body"]>): AsyncGenerator<TaskEvent, void, undefined> {
  const frames = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const frame of frames) yield JSON.parse(frame.data) as TaskEvent;
}

/** A task's event of a kind, when it comes. */
export async function eventOf(node: TestNode, task_id: string, kind: TaskEvent["kind"]): Promise<TaskEvent> {
  for await (const event of node.events(task_id)) if (event.kind === kind) return event;
  throw new Error(`${task_id} ended without ${kind}`);
}
