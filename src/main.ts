/**
 * Puts a node together, starts it and stops it: the only file that knows all names.
 */
import { chmodSync, existsSync, readdirSync, statSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createAcpAdapter } from "./adapters/acp/index.ts";
import { createAcpHttpAdapter } from "./adapters/acp-http/index.ts";
import { systemClock } from "./clock.ts";
import { type Config, usualRegistry } from "./config.ts";
import type { Clock, LaunchLedger } from "./core/ports.ts";
import type { RoutingTable } from "./core/route.ts";
import type { SessionBindings } from "./core/session-bindings.ts";
import { makeDirectory } from "./directories.ts";
import { createDoors, type Doors } from "./doors.ts";
import { openAgents } from "./engine/agents.ts";
import { openArtifactKeeper } from "./engine/artifacts.ts";
import { openInHand } from "./engine/delegation.ts";
import type { Engine } from "./engine/engine.ts";
import { takeUpHandOffs } from "./engine/hand-off.ts";
import { keepHourly } from "./engine/keep-hourly.ts";
import { openPlaces } from "./engine/places.ts";
import { recoverTasks } from "./engine/recover.ts";
import { createRelayAdapter } from "./engine/relay-adapter.ts";
import { reloadRegistry } from "./engine/reload-registry.ts";
import { routingOf } from "./engine/routing.ts";
import { openRuntimeTokens, type RuntimeTokens } from "./engine/runtime-tokens.ts";
import { stopEngine } from "./engine/stop.ts";
import { keepSyncing } from "./engine/sync-peers.ts";
import { createToken, type Tokens } from "./engine/tokens.ts";
import { messageOf, RequestError, StartError } from "./errors.ts";
import { createApp } from "./http/app.ts";
import type { Logger } from "./log.ts";
import { keyFile, nextKeyFile, openIdentity } from "./network/identity/key-file.ts";
import type { Loopback } from "./network/transports/loopback.ts";
import { openNetwork } from "./node-network.ts";
import { reap } from "./processes/reaper.ts";
import { emptyRegistry, readRegistry, targetOfEntry } from "./registry.ts";
import { openAgentStore } from "./store/agents.ts";
import { openArtifactRows } from "./store/artifact-rows.ts";
import { openDiskArtifacts } from "./store/artifacts/disk.ts";
import { claimArtifacts } from "./store/artifacts/owner.ts";
import { openTaskForgetter } from "./store/forget-tasks.ts";
import { openIdempotencyKeys } from "./store/idempotency.ts";
import { type LaunchStore, openLaunches } from "./store/launches.ts";
import { openStorage, type Storage, startErrorOf } from "./store/open.ts";
import { openLaunchReader } from "./store/read-launches.ts";
import { openTaskReader } from "./store/read-tasks.ts";
import { openRelays } from "./store/relays.ts";
import { openSessionBindings } from "./store/sessions.ts";
import { openTaskLog } from "./store/task-log.ts";
import { openThreads } from "./store/threads.ts";
import { openTokens, type TokenStore } from "./store/tokens.ts";
import { newId } from "./store/ulid.ts";
import { version } from "./version.ts";

export interface RunningNode {
  /** Where it answers. */
  readonly url: string;
  /** Brings it to a graceful end; safe to call twice. */
  stop(): Promise<void>;
  /** Reads the registry file again; a mistake changes nothing and is logged. */
  reload(): Promise<void>;
}

export interface NodeOptions {
  /** Joins it with other nodes of this process, under an address `loopback://<name>`. */
  readonly loopback?: { readonly hub: Loopback; readonly address: string };
}

/**
 * Starts a node. Requests that come before its open tasks are decided wait.
 * @returns when it answers
 * @throws StartError with an exit code when it can't
 */
export async function startNode(
  config: Config,
  logger: Logger,
  { loopback }: NodeOptions = {},
): Promise<RunningNode> {
  const clock = systemClock;
  const registry = config.registry === null ? emptyRegistry : readRegistry(config.registry);
  makeDataDir(config.dataDir);
  const doors = createDoors(config);
  const storage = openStorage(config);
  /** Ends what was begun, the last of it first. */
  const undo: (() => unknown)[] = [storage.close, doors.closeNow];
  try {
    const log = openTaskLog(storage.writer, clock);
    const launches = openLaunches(storage.writer, log.batch, clock);
    const bindings = openSessionBindings(storage.writer, log.batch, clock, logger);
    const agentStore = openAgentStore(storage.writer, storage.reader, log.batch);
    const agents = openAgents({ store: agentStore, targetOf: targetOfEntry, know: launches.know }, logger);
    const routing = routingOf(registry, agents.targets.values());
    const artifacts = await openArtifacts(config);
    const artifactRows = openArtifactRows(storage.writer, storage.reader);
    const { url, publicUrl } = await doors.listen();
    const { network, ...nodes } = openNetwork({
      config,
      identity: openIdentity(keyFile(config.dataDir)),
      writer: storage.writer,
      batch: log.batch,
      clock,
      baseUrl: loopback?.address ?? publicUrl,
      registry: () => engine.registry.targets,
      agents: () => agents.targets,
      loopback: loopback?.hub,
    });
    const { tokens, text } = await ownToken(openTokens(storage.writer, log.batch), clock, config.dataDir);
    // What may fail comes before what goes on by itself. Whoever finds the file already waits at the doors.
    undo.push(() => rm(nodeFile(config.dataDir), { force: true }));
    await writeNodeFile(config.dataDir, url);
    const engine: Engine = {
      clock,
      logger,
      log,
      reader: openTaskReader(storage.reader),
      launches: openLaunchReader(storage.reader),
      leases: launches.leases,
      keys: openIdempotencyKeys(storage.writer, clock),
      artifacts: openArtifactKeeper(artifacts, artifactRows, log, clock),
      threads: openThreads(storage.writer, storage.reader, log),
      adapters: {
        ...adaptersOf({
          ...{ config, launches, logger, url, text, bindings },
          tokens: openRuntimeTokens(tokens.store),
        }),
        node_relay: createRelayAdapter(network.peers),
      },
      registry,
      routing,
      agents,
      network,
      relays: openRelays(storage.writer),
      places: openPlaces(),
      inHand: openInHand(),
      timeoutMs: config.timeoutMs,
      works: new Map(),
      retiring: new Map(),
      keptLeases: new WeakSet(),
      watched: new WeakSet(),
      creating: new Map(),
      stopping: false,
    };
    undo.push(log.batch.close, nodes.close, () => endWorks(engine));
    nodes.begin(engine);
    await prepare(engine, launches);
    const reload = () => reloadRegistry(engine, () => registryOf(config), launches.know);
    keepHourly(
      {
        batch: log.batch,
        clock,
        tasks: openTaskForgetter(storage.writer),
        others: [engine.keys, bindings, launches],
        store: artifacts,
        rows: artifactRows,
        keepDays: config.keepDays,
        over: () => engine.stopping,
      },
      logger,
    );
    const ownName = publicUrl === null ? [] : [new URL(publicUrl).hostname];
    const allowedHosts = [...config.allowedHosts, ...ownName];
    const { app, streams } = createApp({
      ...config,
      allowedHosts,
      engine,
      tokens,
      nodes,
      reloadRegistry: reload,
    });
    doors.open(app);
    const leave = loopback?.hub.listen(loopback.address, nodes.receiver(engine));
    keepSyncing(engine, config.peers.syncIntervalMs);
    logger.info(
      {
        url,
        public_url: publicUrl,
        node_id: network.nodeId,
        targets: [...routing.targets.keys()],
        auth: config.auth,
        data_dir: config.dataDir,
      },
      "the node is up",
    );
    if (existsSync(nextKeyFile(config.dataDir)))
      logger.warn(
        "a change of the node's key was not finished: stop the node and run alink-node rotate-key again",
      );
    if (!config.auth) logger.warn("auth is none: everybody on this machine has the operator's rights");
    if (routing.targets.size === 0) logger.warn("there are no targets; name a registry with --registry");
    return {
      url,
      stop: once(() => {
        leave?.();
        return stopNode({ engine, storage, doors, nodes, streams, config, launches });
      }),
      reload: () => reload().then(noted, (thrown: unknown) => tellMistakes(logger, thrown)),
    };
  } catch (thrown) {
    for (const act of undo.reverse()) await Promise.resolve().then(act).catch(noted);
    throw startErrorOf(thrown, config.database);
  }
}

const noted = () => {};

/** A node that was told of no registry looks again where one usually is. */
function registryOf({ registry, dataDir }: Config): RoutingTable {
  const path = registry ?? usualRegistry(dataDir);
  if (path !== null) return readRegistry(path);
  throw new StartError("config", `there is no registry: write ${join(dataDir, "registry.yaml")}`);
}

function tellMistakes(logger: Logger, thrown: unknown): void {
  if (thrown instanceof RequestError)
    logger.error({ errors: thrown.errors }, `the registry was not taken over: ${thrown.message}`);
  else logger.error({ err: thrown }, "the registry could not be taken over");
}

/** Ends what earlier lives left running, then decides what becomes of their tasks. */
async function prepare(engine: Engine, launches: LaunchStore): Promise<void> {
  const { clock, logger, routing } = engine;
  await launches.know(routing.targets.values());
  const reaped = await reap({ ledger: launches.ledger, clock, log: logger });
  const { resumed, ended } = await recoverTasks(engine);
  takeUpHandOffs(engine);
  if (reaped + resumed + ended > 0)
    logger.info({ reaped, resumed, ended }, "took up where an earlier life ended");
}

interface ProcessNeeds {
  readonly config: Config;
  readonly launches: LaunchStore;
  readonly logger: Logger;
  readonly url: string;
  /** The operator's token. */
  readonly text: string;
  readonly tokens: RuntimeTokens;
}

/** All ways out, each with processes of its own. */
function adaptersOf({ bindings, ...needs }: ProcessNeeds & { readonly bindings: SessionBindings }) {
  const options = { ...processOptions(needs), bindings };
  return { acp: createAcpAdapter(options), acp_http: createAcpHttpAdapter(options) };
}

function processOptions({ config, launches, logger, url, text, tokens }: ProcessNeeds) {
  const { ledger } = launches;
  return {
    ledger: {
      ...ledger,
      ended(...end: Parameters<LaunchLedger["ended"]>) {
        tokens.takeBack(end[0]);
        return ledger.ended(...end);
      },
    },
    clock: systemClock,
    log: logger,
    newId,
    environment: process.env,
    ownVariables: (launch: { launch_id: string; runtime_id: string }) => ({
      AETHROLINK_SERVER: url,
      AETHROLINK_TOKEN: tokens.give(launch),
      AETHROLINK_LAUNCH_ID: launch.launch_id,
      AETHROLINK_AGENT_ID: launch.runtime_id,
    }),
    secrets: () => [text, ...tokens.texts()],
    version,
    workDir: config.workDir,
  };
}

/** The data directory is nobody's but its owner's; one that others use is refused, not closed to them. */
function makeDataDir(dataDir: string): void {
  try {
    makeDirectory(dataDir);
    if ((statSync(dataDir).mode & 0o077) === 0) return;
    const inside = readdirSync(dataDir);
    if (inside.length > 0 && !inside.includes("lock.sqlite")) {
      throw new Error(
        "others may use it, and it holds other things; give --data-dir a directory of the node's own",
      );
    }
    chmodSync(dataDir, 0o700);
  } catch (thrown) {
    throw new StartError(
      "noPermission",
      `the data directory ${dataDir} can't be used: ${messageOf(thrown)}`,
      { cause: thrown },
    );
  }
}

async function openArtifacts(config: Config) {
  try {
    const artifacts = await openDiskArtifacts(config.artifactDir);
    claimArtifacts(config);
    return artifacts;
  } catch (thrown) {
    if (thrown instanceof StartError) throw thrown;
    throw new StartError(
      "noPermission",
      `the artifact directory ${config.artifactDir} can't be used: ${messageOf(thrown)}`,
      { cause: thrown },
    );
  }
}

const tokenName = "operator.token of the data directory";

/** The token that the data directory holds; made at the first start, and when its file has gone. */
async function ownToken(
  store: TokenStore,
  clock: Clock,
  dataDir: string,
): Promise<{ tokens: Tokens; text: string }> {
  const path = join(dataDir, "operator.token");
  const text = (await readIfThere(path)).trim();
  const known = text === "" ? undefined : store.find(text);
  if (known !== undefined) {
    chmodSync(path, 0o600);
    return { tokens: { store, ownId: known.token_id }, text };
  }
  for (const old of store.list()) if (old.name === tokenName) await store.remove(old.token_id);
  const { token, record } = await createToken({ store }, clock, "operator", tokenName);
  await rm(path, { force: true }); // its mode may be another
  await writeOwn(path, `${token}\n`);
  return { tokens: { store, ownId: record.token_id }, text: token };
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw new StartError("noPermission", `${path} can't be read: ${messageOf(thrown)}`, { cause: thrown });
  }
}

const nodeFile = (dataDir: string) => join(dataDir, "node.json");

/** Tells programs on this machine where the node answers. */
async function writeNodeFile(dataDir: string, url: string): Promise<void> {
  const about = { url, pid: process.pid, version, started_at: new Date().toISOString() };
  await writeOwn(nodeFile(dataDir), `${JSON.stringify(about)}\n`);
}

/**
 * Writes a file for its owner alone.
 * @throws StartError that names it
 */
async function writeOwn(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { mode: 0o600 });
  } catch (thrown) {
    throw startErrorOf(thrown, path);
  }
}

interface Parts {
  readonly engine: Engine;
  readonly storage: Storage;
  readonly doors: Doors;
  readonly nodes: { close(): void };
  readonly streams: { close(): void };
  readonly config: Config;
  readonly launches: LaunchStore;
}

async function stopNode({ engine, storage, doors, nodes, streams, config }: Parts): Promise<void> {
  engine.logger.info("stopping");
  await endWorks(engine);
  streams.close();
  nodes.close();
  await doors.close();
  await rm(nodeFile(config.dataDir), { force: true });
  engine.log.batch.close();
  storage.close();
  engine.logger.info("stopped");
}

async function endWorks(engine: Engine): Promise<void> {
  await stopEngine(engine);
  await Promise.all(Object.values(engine.adapters).map((adapter) => adapter.close()));
  engine.log.batch.flush();
}

function once<T>(act: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= act();
    return result;
  };
}
