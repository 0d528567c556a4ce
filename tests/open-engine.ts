/** An engine on a real database, with the runtime in memory and a clock that tests move. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Logger, pino } from "pino";
import type { RegistryReloaded } from "#contracts/registry.ts";
import { TaskCreateRequest, TaskResumeRequest } from "#contracts/task-request.ts";
import type { TaskRecord } from "#contracts/tasks.ts";
import { createFakeAdapter, type FakeAdapter, type FakeOptions } from "#src/adapters/fake/index.ts";
import type { Delegator } from "#src/core/access.ts";
import type { Json, Target } from "#src/core/ports.ts";
import type { RoutingTable } from "#src/core/route.ts";
import { openAgents } from "#src/engine/agents.ts";
import { answerQuestion } from "#src/engine/answer-question.ts";
import { openArtifactKeeper } from "#src/engine/artifacts.ts";
import { createTask } from "#src/engine/create-task.ts";
import { openInHand } from "#src/engine/delegation.ts";
import type { Engine } from "#src/engine/engine.ts";
import { takeUpHandOffs } from "#src/engine/hand-off.ts";
import { openPlaces } from "#src/engine/places.ts";
import { recoverTasks } from "#src/engine/recover.ts";
import { createRelayAdapter } from "#src/engine/relay-adapter.ts";
import { reloadRegistry } from "#src/engine/reload-registry.ts";
import { routingOf } from "#src/engine/routing.ts";
import { cancelTask } from "#src/engine/steer-task.ts";
import { RequestError } from "#src/errors.ts";
import { ed25519Identity, makeKey } from "#src/network/identity/ed25519.ts";
import { type NetworkNeeds, type OpenNetwork, openNetwork } from "#src/node-network.ts";
import { targetOfEntry } from "#src/registry.ts";
import { openAgentStore } from "#src/store/agents.ts";
import { openArtifactRows } from "#src/store/artifact-rows.ts";
import { openDiskArtifacts } from "#src/store/artifacts/disk.ts";
import { openIdempotencyKeys } from "#src/store/idempotency.ts";
import { openLaunches } from "#src/store/launches.ts";
import { openStorage, type Storage } from "#src/store/open.ts";
import { openLaunchReader } from "#src/store/read-launches.ts";
import { openTaskReader } from "#src/store/read-tasks.ts";
import { openRelays } from "#src/store/relays.ts";
import { openTaskLog } from "#src/store/task-log.ts";
import { openThreads } from "#src/store/threads.ts";
import { createFakeClock, type FakeClock } from "./fake-clock.ts";
import { targetOf } from "./launching.ts";

export interface EngineOptions {
  readonly targets?: readonly Target[];
  readonly fake?: FakeOptions;
  /** Goes on with the files of an engine that was left. */
  readonly dir?: string;
  readonly clock?: FakeClock;
  /** Default: nothing is logged. */
  readonly logger?: Logger;
  /** How it is one node among others. */
  readonly network?: Partial<NetworkNeeds>;
}

export interface OpenEngine extends AsyncDisposable {
  readonly engine: Engine;
  readonly nodes: OpenNetwork;
  readonly fake: FakeAdapter;
  readonly clock: FakeClock;
  readonly storage: Storage;
  readonly dir: string;
  /** Gives it a task; resolves when it was accepted. */
  submit(request?: { readonly [key: string]: unknown }, by?: Delegator): Promise<TaskRecord>;
  cancel(task_id: string, reason?: string): Promise<{ status: string; over: boolean }>;
  /** Answers a question; rejects with the error's code as its message. */
  answer(task_id: string, payload: Json, request_id?: string): Promise<{ status: string }>;
  record(task_id: string): TaskRecord;
  /** Its events as "seq kind". */
  kinds(task_id: string): string[];
  /** The data of its last event of a kind. */
  dataOf(task_id: string, kind: string): { readonly [key: string]: unknown };
  /** Resolves when the log says that the task stands there. */
  reaches(task_id: string, status: string): Promise<TaskRecord>;
  /** Takes over another registry. */
  reload(table: RoutingTable): Promise<RegistryReloaded>;
  /** Leaves everything as a SIGKILL would: nothing more is written. */
  abandon(): void;
}

/** A target of the runtime in memory. */
export const fakeTarget = (changes: Partial<Target> = {}): Target =>
  targetOf([], { capabilities: ["test.run"], ...changes });

/** What other threads do, signatures above all, takes more turns on a busy machine than on a quiet one. */
const patienceMs = 10_000;

/** Resolves when `holds` does; it is asked once a turn of the event loop. */
export async function until(holds: () => boolean, what = "the condition"): Promise<void> {
  const begin = performance.now();
  for (let turn = 0; turn < 20_000 || performance.now() - begin < patienceMs; turn++) {
    if (holds()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`${what} never held`);
}

/** Opens an engine and takes up what an earlier one left. */
export async function openEngine(options: EngineOptions = {}): Promise<OpenEngine> {
  const { targets = [fakeTarget()], clock = createFakeClock() } = options;
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), "aethrolink-engine-"));
  const storage = openStorage({ dataDir: dir, database: join(dir, "log.db"), durability: "normal" });
  const log = openTaskLog(storage.writer, clock);
  const launches = openLaunches(storage.writer, log.batch, clock);
  const fake = createFakeAdapter({ clock, ...options.fake });
  const rows = openArtifactRows(storage.writer, storage.reader);
  const registry = { targets: new Map(targets.map((each) => [each.target_id, each])), routes: new Map() };
  const store = openAgentStore(storage.writer, storage.reader, log.batch);
  const { logger = pino({ level: "silent" }) } = options;
  const agents = openAgents({ store, targetOf: targetOfEntry, know: launches.know }, logger);
  const nodes = openNetwork({
    config: { auth: true, peers: { allowUnsigned: false, allowPlainHttp: false, syncIntervalMs: 0 } },
    identity: ed25519Identity(makeKey()),
    writer: storage.writer,
    batch: log.batch,
    clock,
    baseUrl: "http://127.0.0.1:7777",
    registry: () => engine.registry.targets,
    agents: () => agents.targets,
    ...options.network,
  });
  const engine: Engine = {
    clock,
    logger,
    log,
    reader: openTaskReader(storage.reader),
    launches: openLaunchReader(storage.reader),
    leases: launches.leases,
    keys: openIdempotencyKeys(storage.writer, clock),
    artifacts: openArtifactKeeper(await openDiskArtifacts(join(dir, "artifacts")), rows, log, clock),
    threads: openThreads(storage.writer, storage.reader, log),
    adapters: { acp: fake, node_relay: createRelayAdapter(nodes.network.peers) },
    registry,
    routing: routingOf(registry, agents.targets.values()),
    agents,
    network: nodes.network,
    relays: openRelays(storage.writer),
    places: openPlaces(),
    inHand: openInHand(),
    timeoutMs: 3_600_000,
    works: new Map(),
    retiring: new Map(),
    keptLeases: new WeakSet(),
    watched: new WeakSet(),
    creating: new Map(),
    stopping: false,
  };
  nodes.begin(engine);
  await launches.know(engine.routing.targets.values());
  await recoverTasks(engine);
  takeUpHandOffs(engine);
  const reload = (table: RoutingTable) => reloadRegistry(engine, () => table, launches.know);
  return {
    engine,
    nodes,
    fake,
    clock,
    storage,
    dir,
    reload,
    ...handles(engine),
    ...endings(engine, nodes, storage, dir),
  };
}

/** Gives a task and waits until it runs; `turn` drives it. */
export async function running(node: OpenEngine, request: { readonly [key: string]: unknown } = {}) {
  const before = node.fake.turns.length;
  const record = await node.submit(request);
  const { task_id } = record;
  const turn = await node.fake.turn(before);
  await node.reaches(task_id, "running");
  return { task_id, record, turn };
}

function handles(engine: Engine) {
  const record = (task_id: string): TaskRecord => {
    const found = engine.reader.get(task_id);
    if (found === undefined) throw new Error(`there is no task ${task_id}`);
    return found;
  };
  const events = (task_id: string) => engine.reader.events(task_id);
  return {
    async submit(request: { readonly [key: string]: unknown } = {}, by?: Delegator) {
      const parsed = TaskCreateRequest.parse({ intent: "test.run", payload: { text: "hello" }, ...request });
      return (await createTask(engine, { request: parsed, by })).task;
    },
    async answer(task_id: string, payload: Json, request_id?: string) {
      const request = TaskResumeRequest.parse({ payload, request_id });
      try {
        return await answerQuestion(engine, task_id, "somebody", request);
      } catch (thrown) {
        throw thrown instanceof RequestError ? new Error(thrown.code, { cause: thrown }) : thrown;
      }
    },
    cancel: (task_id: string, reason?: string) => cancelTask(engine, task_id, "somebody", reason),
    record,
    kinds: (task_id: string) => events(task_id).map((event) => `${event.seq} ${event.kind}`),
    dataOf(task_id: string, kind: string) {
      const found = events(task_id).findLast((event) => event.kind === kind);
      if (found === undefined) throw new Error(`${task_id} has no ${kind}`);
      return found.data as { readonly [key: string]: unknown };
    },
    async reaches(task_id: string, status: string) {
      const reached = () => engine.reader.get(task_id)?.status === status;
      await until(reached, `${task_id} (${engine.reader.get(task_id)?.status}) to be ${status}`);
      return record(task_id);
    },
  };
}

function endings(engine: Engine, nodes: OpenNetwork, storage: Storage, dir: string) {
  let open = true;
  const abandon = () => {
    if (!open) return;
    open = false;
    nodes.close();
    engine.log.batch.close();
    storage.close();
  };
  return {
    abandon,
    async [Symbol.asyncDispose]() {
      abandon();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
