/** What the stories of this folder share: the log, the ways out, and what is under way. */
import type { AdapterName } from "#contracts/enums.ts";
import type { Clock, Lease, Run, RuntimeAdapter, Target } from "#src/core/ports.ts";
import type { RoutingTable } from "#src/core/route.ts";
import type { Logger } from "#src/log.ts";
import type { IdempotencyKeys } from "#src/store/idempotency.ts";
import type { Leases } from "#src/store/launches.ts";
import type { LaunchReader } from "#src/store/read-launches.ts";
import type { TaskReader } from "#src/store/read-tasks.ts";
import type { Relays } from "#src/store/relays.ts";
import type { TaskLog } from "#src/store/task-log.ts";
import type { OpenTask } from "#src/store/task-rows.ts";
import type { Threads } from "#src/store/threads.ts";
import type { Agents } from "./agents.ts";
import type { ArtifactKeeper } from "./artifacts.ts";
import type { InHand } from "./delegation.ts";
import type { Network } from "./network.ts";
import type { Place, Places } from "./places.ts";
import type { Routing } from "./routing.ts";

export interface Engine {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly log: TaskLog;
  readonly reader: TaskReader;
  readonly launches: LaunchReader;
  readonly leases: Leases;
  readonly keys: IdempotencyKeys;
  readonly artifacts: ArtifactKeeper;
  readonly threads: Threads;
  readonly adapters: { readonly [Name in AdapterName]?: RuntimeAdapter };
  /** The registry file as it was read last; replaced by a reload and by nothing else. */
  registry: RoutingTable;
  /** The registry's targets and the agents'; changed by a reload, and as agents come and go. */
  routing: Routing;
  readonly agents: Agents;
  readonly network: Network;
  readonly relays: Relays;
  readonly places: Places;
  readonly inHand: InHand;
  /** Running time of a task whose target says nothing; null: none. */
  readonly timeoutMs: number | null;
  /** The tasks that are being worked on, by id. */
  readonly works: Map<string, Work>;
  /** Targets whose former processes still have tasks, until those are over; nothing is started for them. */
  readonly retiring: Map<string, Promise<void>>;
  /** Leases that are on disk. */
  readonly keptLeases: WeakSet<Lease>;
  /** Leases whose end is watched already. */
  readonly watched: WeakSet<Lease>;
  /** Creations with an idempotency key that aren't on disk yet. */
  readonly creating: Map<
    string,
    { readonly body_sha256: string; readonly task_id: string; readonly kept: Promise<void> }
  >;
  /** Set once, when the node begins to stop. */
  stopping: boolean;
}

/** The life of an open task in this process. */
export interface Work {
  readonly task: OpenTask;
  readonly target: Target;
  readonly adapter: RuntimeAdapter;
  /** Aborted when nothing more is to be waited for on the task's behalf. */
  readonly over: AbortController;
  /** Settles when it is worked on no more: the task has ended or shall not go on, and its run has ended. */
  readonly done: Promise<void>;
  /** Held from ready until the task has ended and its run too. */
  place: Place | undefined;
  run: Run | undefined;
  /** Writes down what is held back of what the run said; undefined: nothing is ever held back. */
  letOut: (() => void) | undefined;
  /** Takes back the running-time limit, or the wait for a cancel's confirmation. */
  readonly timers: { running?: () => void; cancelling?: () => void; question?: () => void };
  /** What is left of the running time while a question is open. */
  leftMs: number | undefined;
  runningSince: number;
  /** Questions that have an answer on its way, by request id. */
  readonly answering: Set<string>;
  /** The node stops: whatever the run says now, but for completed, the task was interrupted. */
  interrupting: boolean;
  /** The run was let go of, and goes on without this node: nothing more is to be said of its task. */
  left: boolean;
  /** Why something that the run told could not be written; the task can't end but by this fault. */
  lost: Error | undefined;
}

/** The adapter of a target. */
export function adapterOf(engine: Engine, target: Target): RuntimeAdapter {
  const adapter = engine.adapters[target.adapter];
  if (adapter === undefined)
    throw new Error(`no adapter ${target.adapter} for the target ${target.target_id}`);
  return adapter;
}
