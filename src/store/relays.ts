/** What ties tasks of this node to tasks of others: those that run elsewhere, and those that came from there. */
import { eq, sql } from "drizzle-orm";
import { nodeTasks, remoteArtifacts, remoteTaskBindings } from "./schema.ts";
import { builder, columnsOf, prepare, type Sqlite } from "./sql.ts";

/** A task for a peer; written when the task is accepted here. */
export type RelayBinding = typeof remoteTaskBindings.$inferSelect;
/** A task that a peer gave. */
export type NodeTask = typeof nodeTasks.$inferSelect;
export type RemoteArtifact = typeof remoteArtifacts.$inferSelect;

/** What writes is to be called inside a commit; what reads sees also what this commit has written. */
export interface Relays {
  putBinding(binding: RelayBinding): void;
  binding(task_id: string): RelayBinding | undefined;
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
  const { task_id: _, ...changeable } = columnsOf(remoteTaskBindings);
  const set = Object.fromEntries(Object.keys(changeable).map((name) => [name, sql.raw(`excluded.${name}`)]));
  const put = prepare(
    writer,
    db
      .insert(remoteTaskBindings)
      .values(columnsOf(remoteTaskBindings))
      .onConflictDoUpdate({ target: remoteTaskBindings.task_id, set }),
  );
  const binding = prepare<RelayBinding>(
    writer,
    db
      .select()
      .from(remoteTaskBindings)
      .where(eq(remoteTaskBindings.task_id, value("task_id"))),
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
    insertArtifact: (row) => void insertArtifact.run({ ...row, fetched: row.fetched ? 1 : 0 }),
    artifact: (artifact_id) => artifact.get({ artifact_id }),
    artifactsOf: (task_id) => artifactsOf.all({ task_id }),
    noteFetched: (artifact_id) => void fetched.run({ artifact_id }),
    insertNodeTask: (row) => void insertNodeTask.run(row),
    nodeTask: (pairing_id, id) => nodeTask.get({ pairing_id, id }),
    nodeTaskOf: (task_id) => nodeTaskOf.get({ task_id }),
  };
}
