/** What ties tasks of this node to tasks of others: those that run elsewhere, and those that came from there. */
import { eq, sql } from "drizzle-orm";
import { nodeTasks, remoteArtifacts, remoteTaskBindings } from "./schema.ts";
import { builder, columnsOf, prepare, type Sqlite } from "./sql.ts";

/** A task for a peer; written when the task is accepted here. Whether a cancel is owed is kept beside it. */
export type RelayBinding = Omit<typeof remoteTaskBindings.$inferSelect, "owes_cancel">;
/** A task that a peer gave. */
export type NodeTask = typeof nodeTasks.$inferSelect;
export type RemoteArtifact = typeof remoteArtifacts.$inferSelect;

/** What writes is to be called inside a commit; what reads sees also what this commit has written. */
export interface Relays {
  putBinding(binding: RelayBinding): void;
  binding(task_id: string): RelayBinding | undefined;
  /** The peer is to be told of a cancel, by the name that the task has there. */
  oweCancel(binding: RelayBinding): void;
  /** It has answered, or nobody is left who could. */
  settleCancel(task_id: string): void;
  /** The tasks that a peer is to be told a cancel of, whoever has its name. */
  owedCancels(peer_id: string): readonly RelayBinding[];
  /** The peers that are to be told of one. */
  peersOwed(): readonly string[];
  insertArtifact(artifact: RemoteArtifact): void;
  artifact(artifact_id: string): RemoteArtifact | undefined;
  artifactsOf(task_id: string): readonly RemoteArtifact[];
  /** Its bytes are here from now on. */
  noteFetched(artifact_id: string): void;
  insertNodeTask(task: NodeTask): void;
  /** The task that a peer's own stands for here. */
  nodeTask(pairing_id: string, origin_proxy_task_id: string): NodeTask | undefined;
  /** Who gave a task; undefined: no node did. */
  nodeTaskOf(task_id: string): NodeTask | undefined;
}

/** Prepares the statements. */
export function openRelays(writer: Sqlite): Relays {
  const db = builder(writer);
  const value = sql.placeholder;
  const { task_id: _, ...changeable } = columnsOf(remoteTaskBindings, "owes_cancel");
  const set = Object.fromEntries(Object.keys(changeable).map((name) => [name, sql.raw(`excluded.${name}`)]));
  const put = prepare(
    writer,
    db
      .insert(remoteTaskBindings)
      .values(columnsOf(remoteTaskBindings, "owes_cancel"))
      .onConflictDoUpdate({ target: remoteTaskBindings.task_id, set }),
  );
  const binding = prepare<RelayBinding>(
    writer,
    db
      .select()
      .from(remoteTaskBindings)
      .where(eq(remoteTaskBindings.task_id, value("task_id"))),
  );
  const destination = ["destination_node_id", "destination_task_id", "destination_thread_id"] as const;
  const named = Object.fromEntries(destination.map((name) => [name, sql`${value(name)}`]));
  const ofTask = eq(remoteTaskBindings.task_id, value("task_id"));
  const owe = prepare(
    writer,
    db
      .update(remoteTaskBindings)
      .set({ ...named, owes_cancel: true })
      .where(ofTask),
  );
  const settle = prepare(writer, db.update(remoteTaskBindings).set({ owes_cancel: false }).where(ofTask));
  // As text: the index is for just this condition.
  const isOwed = sql.raw("owes_cancel = 1");
  const owed = prepare<RelayBinding>(
    writer,
    db
      .select()
      .from(remoteTaskBindings)
      .where(sql`${isOwed} AND ${remoteTaskBindings.peer_id} = ${value("peer_id")}`)
      .orderBy(remoteTaskBindings.task_id),
  );
  const peersOwed = prepare<{ readonly peer_id: string }>(
    writer,
    db.selectDistinct({ peer_id: remoteTaskBindings.peer_id }).from(remoteTaskBindings).where(isOwed),
  );
  const insertArtifact = prepare(writer, db.insert(remoteArtifacts).values(columnsOf(remoteArtifacts)));
  const artifact = prepare<RemoteArtifact>(
    writer,
    db
      .select()
      .from(remoteArtifacts)
      .where(eq(remoteArtifacts.artifact_id, value("artifact_id"))),
  );
  const artifactsOf = prepare<RemoteArtifact>(
    writer,
    db
      .select()
      .from(remoteArtifacts)
      .where(eq(remoteArtifacts.task_id, value("task_id"))),
  );
  const fetched = prepare(
    writer,
    db
      .update(remoteArtifacts)
      .set({ fetched: true })
      .where(eq(remoteArtifacts.artifact_id, value("artifact_id"))),
  );
  const insertNodeTask = prepare(writer, db.insert(nodeTasks).values(columnsOf(nodeTasks)));
  const nodeTask = prepare<NodeTask>(
    writer,
    db
      .select()
      .from(nodeTasks)
      .where(
        sql`${nodeTasks.pairing_id} = ${value("pairing_id")} AND ${nodeTasks.origin_proxy_task_id} = ${value("id")}`,
      ),
  );
  const nodeTaskOf = prepare<NodeTask>(
    writer,
    db
      .select()
      .from(nodeTasks)
      .where(eq(nodeTasks.task_id, value("task_id"))),
  );
  return {
    putBinding: (row) => void put.run(row),
    binding: (task_id) => binding.get({ task_id }),
    oweCancel: (row) => void owe.run(row),
    settleCancel: (task_id) => void settle.run({ task_id }),
    owedCancels: (peer_id) => owed.all({ peer_id }),
    peersOwed: () => peersOwed.all({}).map(({ peer_id }) => peer_id),
    insertArtifact: (row) => void insertArtifact.run({ ...row, fetched: row.fetched ? 1 : 0 }),
    artifact: (artifact_id) => artifact.get({ artifact_id }),
    artifactsOf: (task_id) => artifactsOf.all({ task_id }),
    noteFetched: (artifact_id) => void fetched.run({ artifact_id }),
    insertNodeTask: (row) => void insertNodeTask.run(row),
    nodeTask: (pairing_id, id) => nodeTask.get({ pairing_id, id }),
    nodeTaskOf: (task_id) => nodeTaskOf.get({ task_id }),
  };
}
