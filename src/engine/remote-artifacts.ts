/** Bytes that another node made, fetched when somebody wants them and kept when they are what was announced. */
import { createHash } from "node:crypto";
import { PeerFault } from "#src/core/network-ports.ts";
import { isJsonObject } from "#src/core/prompt-text.ts";
import { fail } from "#src/errors.ts";
import type { ArtifactRow } from "#src/store/artifact-rows.ts";
import type { RemoteArtifact } from "#src/store/relays.ts";
import type { Engine } from "./engine.ts";
import { askRelay, refusalIn } from "./relay-link.ts";

/** So long a large one may take. */
const answerMs = 60_000;
/** A node that doesn't give it now may do so then. */
const retryAfterS = 5;

/**
 * Sees to it that the bytes of an artifact are here.
 * @throws RequestError unavailable while its node doesn't give them, artifact_not_found where it never will,
 *   artifact_corrupt when the bytes aren't those that were announced
 */
export async function haveBytes(engine: Engine, row: ArtifactRow): Promise<void> {
  const remote = engine.relays.artifact(row.artifact_id);
  if (remote === undefined || remote.fetched) return;
  const { fetching } = engine.network;
  const { artifact_id } = row;
  // However many want it at once, it comes once.
  const fetched = fetching.get(artifact_id) ?? fetchOnce(engine, row, remote);
  fetching.set(artifact_id, fetched);
  try {
    await fetched;
  } finally {
    fetching.delete(artifact_id);
  }
}

async function fetchOnce(engine: Engine, row: ArtifactRow, remote: RemoteArtifact): Promise<void> {
  const bytes = await fetchBytes(engine, row, remote.remote_artifact_id);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (bytes.length !== row.size_bytes || sha256 !== row.sha256)
    fail(
      "artifact_corrupt",
      `The bytes of artifact ${row.artifact_id} are not those that its node announced.`,
    );
  await engine.artifacts.put(row.artifact_id, bytes);
  await engine.log.batch.add(`artifact ${row.artifact_id}`, () => engine.relays.noteFetched(row.artifact_id));
}

async function fetchBytes(engine: Engine, row: ArtifactRow, remote_artifact_id: string): Promise<Buffer> {
  const binding = engine.relays.binding(row.task_id);
  if (binding === undefined)
    return fail("artifact_not_found", `There is no artifact ${row.artifact_id} any more.`);
  const { peer_id, destination_task_id, task_id } = binding;
  if (engine.network.peers.get(peer_id)?.trust === "unsigned")
    return fail(
      "artifact_not_found",
      `The artifact ${row.artifact_id} is at ${peer_id}, and nodes give artifacts only to peers that sign.`,
    );
  const of = `/v1/node/tasks/${encodeURIComponent(destination_task_id ?? "")}`;
  const path = `${of}/artifacts/${encodeURIComponent(remote_artifact_id)}?origin_proxy_task_id=${task_id}`;
  try {
    const answer = await askRelay(engine, binding, {
      message_type: "task.artifact",
      method: "GET",
      path,
      task_id,
      answerMs,
    });
    if (answer.status !== 200)
      fail("unavailable", `${peer_id} does not give the artifact: ${refusalIn(answer)}`, { retryAfterS });
    const { content } = answer;
    const text = isJsonObject(content) && typeof content.base64 === "string" ? content.base64 : "";
    return Buffer.from(text, "base64");
  } catch (thrown) {
    if (!(thrown instanceof PeerFault)) throw thrown;
    return fail("unavailable", `${peer_id} can't be asked for the artifact: ${thrown.message}.`, {
      cause: thrown,
      retryAfterS,
    });
  }
}
