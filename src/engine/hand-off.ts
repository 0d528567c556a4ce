/**
 * The automatic hand-off: when a turn has ended well, the one that answered speaks next.
 *
 * What is to follow stands in the turn's own row: how many turns are left, and how they are made. So
 * none is lost and none is doubled, whenever the node is killed:
 * 1. A turn, its task and what is to follow it are one commit. Before it nothing has begun; after it the
 *    row says what is due.
 * 2. The same commit marks the turn before as handed on. A turn that is over and isn't marked is due: it
 *    is found when its task's end is on disk, or, if the node was killed in between, at the next start.
 * 3. The rows of a thread are numbered, and a number exists once: a second next turn can't be written.
 * 4. Why nothing follows is decided from what is on disk, so that it is decided alike at any time.
 */
import type { TaskCreateRequest } from "#contracts/task-request.ts";
import type { Json } from "#src/core/ports.ts";
import { isJsonObject } from "#src/core/prompt-text.ts";
import { fail, RequestError } from "#src/errors.ts";
import type { TurnRow } from "#src/store/threads.ts";
import { createTask } from "./create-task.ts";
import type { Engine } from "./engine.ts";
import { haveBytes } from "./remote-artifacts.ts";
import { usualQueueTimeoutMs } from "./same-request.ts";
import { type HandOffPlan, handOffEndOf, isOver, planOf } from "./thread-standing.ts";

/** How long after a fault of ours the next try begins. */
const retryMs = 1000;

/**
 * Begins the turns that are due, now and from now on.
 * To be called once, when it was decided what becomes of the tasks of earlier lives.
 */
export function takeUpHandOffs(engine: Engine): void {
  engine.log.onEnd(({ fixed: { thread_id } }) => {
    if (thread_id !== undefined) void handOn(engine, thread_id);
  });
  for (const { thread_id } of engine.threads.due()) void handOn(engine, thread_id);
}

/** Begins the next turn of a thread, if one is due; tries again while that can't be written. */
async function handOn(engine: Engine, thread_id: string): Promise<void> {
  if (engine.stopping) return;
  try {
    const turn = engine.threads.last(thread_id);
    const plan = turn && planOf(turn);
    if (turn === undefined || plan === undefined || !isOver(engine, turn)) return;
    const end = handOffEndOf(engine, turn, plan);
    if (end !== undefined) await engine.threads.end(turn, end, null);
    else await beginNext(engine, turn, plan);
  } catch (thrown) {
    if (engine.stopping) return; // the next life finds it
    engine.logger.error(
      { err: thrown, thread_id },
      "the next turn of a thread could not be begun; trying again",
    );
    engine.clock.after(retryMs, () => void handOn(engine, thread_id));
  }
}

async function beginNext(engine: Engine, turn: TurnRow, plan: HandOffPlan): Promise<void> {
  try {
    const request = await requestOf(engine, turn, plan);
    const turns_left = turn.turns_left - 1;
    const following = {
      behind: turn.turn_index,
      turns_left,
      plan: turns_left > 0 ? turn.plan : null,
      due: true,
    };
    await createTask(engine, { request, following });
  } catch (thrown) {
    if (!(thrown instanceof RequestError)) throw thrown;
    await refused(engine, turn, plan, thrown);
  }
}

/** What may pass is tried again for as long as a task may wait in a queue; what doesn't ends the hand-off. */
async function refused(engine: Engine, turn: TurnRow, plan: HandOffPlan, refusal: RequestError) {
  const { code, message, retryAfterS } = refusal;
  const limitMs = plan.common.delivery?.queue_timeout_ms ?? usualQueueTimeoutMs;
  const over = Date.parse(engine.reader.get(turn.task_id)?.finished_at ?? turn.created_at);
  if (retryAfterS === undefined || engine.clock.now() - over > limitMs)
    await engine.threads.end(turn, "refused", `${code}: ${message}`);
  else engine.clock.after(retryAfterS * 1000, () => void handOn(engine, turn.thread_id));
}

async function requestOf(engine: Engine, turn: TurnRow, plan: HandOffPlan): Promise<TaskCreateRequest> {
  const { thread_id, target_agent_id: sender, sender_agent_id: target_runtime } = turn;
  const payload = ownOf(plan.payload_by_agent, sender) ?? { text: await answerOf(engine, turn) };
  const intent = ownOf(plan.intent_by_agent, sender) ?? plan.intent;
  if (intent === undefined)
    throw new RequestError(
      "nothing_to_say",
      `There is no intent for ${sender}: give intent, or intent_by_agent.`,
    );
  return {
    ...plan.common,
    thread_id,
    sender,
    target_runtime,
    target_agent_id: undefined,
    intent,
    payload: payload as TaskCreateRequest["payload"],
  };
}

/** What was given for a name; an agent may be called `constructor`. */
const ownOf = <T>(given: { readonly [agent_id: string]: T }, agent_id: string): T | undefined =>
  Object.hasOwn(given, agent_id) ? given[agent_id] : undefined;

/** The whole text that a turn was answered with. */
async function answerOf(engine: Engine, { task_id }: TurnRow): Promise<string> {
  const { reader, artifacts } = engine;
  const task = reader.get(task_id);
  const text = task?.result?.text ?? "";
  const row = task?.result_artifact_id ? artifacts.find(task.result_artifact_id) : undefined;
  if (row === undefined) return text;
  await haveBytes(engine, row);
  const whole = Buffer.from(await artifacts.read(row)).toString("utf8");
  return row.media_type === "application/json" ? textIn(whole, row.artifact_id) : whole;
}

/** The text of a result that is kept as JSON. A peer has its own say in what an artifact of its holds. */
function textIn(json: string, artifact_id: string): string {
  try {
    const result = JSON.parse(json) as Json;
    if (!isJsonObject(result)) throw new TypeError("it is no object");
    return typeof result.text === "string" ? result.text : "";
  } catch (cause) {
    return fail("artifact_corrupt", `The artifact ${artifact_id} holds no result.`, { cause });
  }
}
