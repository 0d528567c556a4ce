/** What tests of processes and adapters need: a ledger in memory, targets, tasks, an adapter that closes itself. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { monotonicFactory } from "ulid";
import { type AcpOptions, createAcpAdapter } from "#src/adapters/acp/index.ts";
import { systemClock } from "#src/clock.ts";
import type {
  Json,
  LaunchLedger,
  LaunchRow,
  Run,
  RuntimeAdapter,
  Signal,
  Target,
  TaskToRun,
} from "#src/core/ports.ts";
import type { BindingKey, SessionBinding, SessionBindings } from "#src/core/session-bindings.ts";
import type { PoolOptions } from "#src/processes/pool.ts";

export const newId = monotonicFactory();

/** A caller that never loses patience. */
export const patient = new AbortController().signal;

export interface MemoryRow extends LaunchRow {
  readonly error_text: string | null;
}

/** A ledger whose rows a test can read; `notes` is every call in order. */
export function createMemoryLedger(rows: readonly LaunchRow[] = []) {
  const kept = new Map<string, MemoryRow>(rows.map((row) => [row.launch_id, { ...row, error_text: null }]));
  const notes: string[] = [];
  const change = async (launch_id: string, part: Partial<MemoryRow>): Promise<void> => {
    const row = kept.get(launch_id);
    if (row !== undefined) kept.set(launch_id, { ...row, ...part });
    if (part.status !== undefined) notes.push(`${part.status} ${launch_id}`);
  };
  const ledger: LaunchLedger = {
    async intended(row) {
      kept.set(row.launch_id, {
        ...row,
        pid: null,
        started_at_os: null,
        status: "intended",
        error_text: null,
      });
      notes.push(`intended ${row.launch_id}`);
    },
    spawned: (id, pid, started_at_os) => change(id, { pid, started_at_os, status: "launching" }),
    ready: (id) => change(id, { status: "ready" }),
    ended: (id, status, error_text) => change(id, { status, error_text }),
    open: () => [...kept.values()].filter(({ status }) => status !== "failed" && status !== "exited"),
  };
  return { ...ledger, rows: () => [...kept.values()], row: (id: string | null) => kept.get(id ?? ""), notes };
}

export type MemoryLedger = ReturnType<typeof createMemoryLedger>;

/** Bindings in memory, which outlive an adapter if they are given to the next one. */
export function createMemoryBindings(): SessionBindings & { all(): SessionBinding[] } {
  const kept = new Map<string, SessionBinding>();
  const nameOf = ({ target_id, subcontext_key, sticky_key }: BindingKey) =>
    JSON.stringify([target_id, subcontext_key, sticky_key]);
  return {
    find: (key) => kept.get(nameOf(key)),
    keep: (binding) => void kept.set(nameOf(binding), binding),
    touch() {},
    all: () => [...kept.values()],
  };
}

const quiet = { info() {}, warn() {} };

/** What a pool needs, with short steps of escalation. */
export function poolOptions(ledger: LaunchLedger, changes: Partial<PoolOptions> = {}): PoolOptions {
  return {
    ledger,
    clock: systemClock,
    log: quiet,
    newId,
    environment: process.env,
    ownVariables: () => ({}),
    secrets: () => [],
    stepMs: 300,
    ...changes,
  };
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The shipped fake, from its source. */
export function fakeAgent(...flags: string[]): string[] {
  return [process.execPath, here("../cli/fakes/acp-client-agent.ts"), ...flags];
}

/** A program of tests/fixtures/agents. */
export function fixtureAgent(name: string, ...flags: string[]): string[] {
  return [process.execPath, here(`fixtures/agents/${name}.mjs`), ...flags];
}

/** A target whose process is this command. */
export function targetOf(command: readonly string[] | null, changes: Partial<Target> = {}): Target {
  return {
    target_id: "tested",
    display_name: "Tested",
    adapter: "acp",
    dialect: "generic",
    owner: "local",
    source: "registry",
    launch: {
      mode: "managed",
      command,
      commands: {},
      env: {},
      cwd: null,
      timeout_ms: 20_000,
      idle_timeout_ms: 300_000,
      requires: [],
    },
    endpoint: null,
    healthcheck: null,
    capabilities: [],
    defaults: {},
    permissions: "ask",
    auth_method: null,
    sticky_mode: "conversation",
    max_concurrency: null,
    queue: 10_000,
    timeout_ms: null,
    ...changes,
  };
}

/** A task with this payload, in a session of its own. */
export function taskOf(payload: Json, changes: Partial<TaskToRun> = {}): TaskToRun {
  return {
    task_id: newId(),
    conversation_id: "conversation",
    thread_id: null,
    sender: "tester",
    intent: "test.run",
    payload,
    runtime_options: {},
    delivery: {},
    metadata: {},
    trace_id: "0af7651916cd43dd8448eb211c80319c",
    sticky_key: null,
    question_timeout_ms: 60_000,
    ...changes,
  };
}

export interface OpenAdapter extends AsyncDisposable {
  readonly adapter: RuntimeAdapter;
  readonly ledger: MemoryLedger;
  readonly workDir: string;
  /** Launches the target and hands the task over. */
  run(target: Target, task: TaskToRun, signal?: AbortSignal): Promise<Run>;
}

/** What adapters of any kind are opened with. */
export type CommonOptions = ReturnType<typeof poolOptions> & {
  readonly workDir: string;
  readonly bindings: ReturnType<typeof createMemoryBindings>;
};

/** An adapter that ends what it has started when it goes out of scope. */
export function openAdapter(create: (options: CommonOptions) => RuntimeAdapter): OpenAdapter {
  const ledger = createMemoryLedger();
  const workDir = mkdtempSync(join(tmpdir(), "aethrolink-test-"));
  const adapter = create({ ...poolOptions(ledger), workDir, bindings: createMemoryBindings() });
  return {
    adapter,
    ledger,
    workDir,
    async run(target, task, signal = patient) {
      const lease = await adapter.launch(target, task.runtime_options, signal).lease;
      return adapter.submit(task, target, lease, signal);
    },
    async [Symbol.asyncDispose]() {
      await adapter.close();
      rmSync(workDir, { recursive: true, force: true });
    },
  };
}

/** The adapter of the stdio Agent Client Protocol. */
export const openAcpAdapter = (changes: Partial<AcpOptions> = {}): OpenAdapter =>
  openAdapter((options) => createAcpAdapter({ ...options, ...changes }));

/** All signals of a run, to its end. */
export async function signalsOf(run: Run): Promise<Signal[]> {
  const signals: Signal[] = [];
  for await (const signal of run.signals) signals.push(signal);
  return signals;
}

/** The last signal of a run. */
export async function endOf(run: Run): Promise<Signal | undefined> {
  return (await signalsOf(run)).at(-1);
}

/** The signals of a run up to the first that fits. */
export async function signalWhere(run: Run, fits: (signal: Signal) => boolean): Promise<Signal> {
  const iterator = run.signals[Symbol.asyncIterator]();
  for (;;) {
    const { value, done } = await iterator.next();
    if (done === true) throw new Error("the run ended before such a signal");
    if (fits(value)) return value;
  }
}

/** What an AdapterFault's promise rejected with, as a plain pair. */
export async function faultOf(promise: Promise<unknown>): Promise<{ kind: string; message: string }> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error && "kind" in error)
      return { kind: String(error.kind), message: error.message };
    throw error;
  }
  throw new Error("it did not fail");
}
