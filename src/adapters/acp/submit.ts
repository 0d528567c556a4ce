/** How a task is handed over to an agent: a session, then the prompt, then a run. */
import { statSync } from "node:fs";
import { isAbsolute } from "node:path";
import type { Clock, Json, Run, TaskToRun } from "#src/core/ports.ts";
import { AdapterFault } from "#src/core/ports.ts";
import { isJsonObject } from "#src/core/prompt-text.ts";
import { type Agent, errorOf } from "./agent.ts";
import type { Dialect } from "./dialects.ts";
import { promptOf } from "./prompt.ts";
import type { Session } from "./sessions.ts";
import { describeError } from "./signals.ts";
import { createTurn, runOf, type Turn } from "./turn.ts";
import { createMeter } from "./usage.ts";

export interface SubmitOptions {
  readonly clock: Clock;
  readonly dialect: Dialect;
  readonly cancelGraceMs: number;
  /** Where a session works that doesn't say otherwise; known to exist. */
  readonly cwd: string;
  /** For session/new. */
  readonly setupMs: number;
}

const gaveUp = "given up before the agent had the prompt";

type Continuity = Pick<Run, "continuity" | "continuity_reason">;

/**
 * Hands a task over; resolves when the pipe has taken its prompt.
 * @throws AdapterFault submit_failed or protocol_error, when the agent never had the prompt
 */
export async function submit(
  agent: Agent,
  task: TaskToRun,
  options: SubmitOptions,
  signal: AbortSignal,
): Promise<Run> {
  agent.handingOver += 1;
  try {
    const { session, continuity } = await sessionFor(agent, task, options, signal);
    if (signal.aborted) {
      leave(agent, session);
      throw new AdapterFault("submit_failed", gaveUp);
    }
    const turn = beginTurn(agent, session, task, options, signal);
    try {
      await agent.connection.prompt(session.session_id, promptOf(task, options.dialect));
    } catch (error) {
      turn.died("the prompt was not taken");
      throw notTaken(agent, error);
    }
    return runOf(turn, session.session_id, { launch_id: agent.launch_id }, continuity);
  } finally {
    agent.handingOver -= 1;
  }
}

async function sessionFor(
  agent: Agent,
  task: TaskToRun,
  options: SubmitOptions,
  signal: AbortSignal,
): Promise<{ session: Session; continuity: Continuity }> {
  const cwd = directoryOf(task, options.cwd);
  const { sticky_key } = task;
  if (sticky_key === null) {
    const session = await newSession(agent, null, cwd, options, signal);
    return { session, continuity: fresh("each task of this target gets a session of its own") };
  }
  const found = agent.sessions.live(sticky_key, cwd);
  if (!("why" in found)) {
    return {
      session: found,
      continuity: { continuity: "live", continuity_reason: "its session is still open" },
    };
  }
  return { session: await newSession(agent, sticky_key, cwd, options, signal), continuity: fresh(found.why) };
}

const fresh = (why: string): Continuity => ({ continuity: "fresh", continuity_reason: why });

/** @throws AdapterFault submit_failed when the task names a directory that can't be used */
function directoryOf(task: TaskToRun, otherwise: string): string {
  const { cwd = null, workspace = null } = task.runtime_options;
  const named = cwd ?? workspace;
  if (typeof named !== "string" || named === "" || named === otherwise) return otherwise;
  if (!isAbsolute(named)) throw new AdapterFault("submit_failed", `cwd must be an absolute path: ${named}`);
  if (statSync(named, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new AdapterFault("submit_failed", `cwd is not an existing directory: ${named}`);
  }
  return named;
}

async function newSession(
  agent: Agent,
  sticky_key: string | null,
  cwd: string,
  options: SubmitOptions,
  signal: AbortSignal,
): Promise<Session> {
  const asked = agent.connection.request("session/new", { cwd, mcpServers: [] });
  let answer: Json;
  try {
    answer = await bounded(asked, options, signal);
  } catch (error) {
    throw notTaken(agent, error);
  }
  const session_id = isJsonObject(answer) ? answer.sessionId : undefined;
  if (typeof session_id !== "string") {
    throw new AdapterFault("protocol_error", "the agent answered session/new without a session id");
  }
  const meter = createMeter(options.dialect.tokens_of);
  const session: Session = { session_id, sticky_key, cwd, meter, turn: undefined };
  agent.sessions.add(session);
  return session;
}

/** An answer, or the end of patience. */
function bounded(asked: Promise<Json>, options: SubmitOptions, signal: AbortSignal): Promise<Json> {
  return new Promise((resolve, reject) => {
    const giveUp = (why: string): void => {
      over();
      reject(new AdapterFault("submit_failed", why));
    };
    const abort = (): void => giveUp(gaveUp);
    const takeBack = options.clock.after(options.setupMs, () => {
      giveUp(`session/new gave no answer in ${options.setupMs} ms`);
    });
    const over = (): void => {
      takeBack();
      signal.removeEventListener("abort", abort);
    };
    signal.addEventListener("abort", abort);
    if (signal.aborted) abort();
    asked.then(
      (answer) => {
        over();
        resolve(answer);
      },
      (error: unknown) => {
        over();
        reject(error);
      },
    );
  });
}

function notTaken(agent: Agent, error: unknown): AdapterFault {
  if (error instanceof AdapterFault) return error;
  return new AdapterFault("submit_failed", agent.mask(describeError(errorOf(error), agent.instruction)), {
    cause: error,
  });
}

/** A session whose turn is over stays for the next one, unless it has no key. */
function leave(agent: Agent, session: Session): void {
  if (session.sticky_key !== null) agent.sessions.release(session);
  else {
    agent.sessions.forget(session, "");
    agent.closeSession(session);
  }
}

function beginTurn(
  agent: Agent,
  session: Session,
  task: TaskToRun,
  options: SubmitOptions,
  signal: AbortSignal,
): Turn {
  const { session_id } = session;
  const interrupt = (): void => {
    agent.sessions.forget(session, "its last turn was interrupted");
    turn.interrupt("the node stopped waiting for it");
  };
  const turn: Turn = createTurn(task, {
    clock: options.clock,
    cancelGraceMs: options.cancelGraceMs,
    questionMs: Math.min(task.question_timeout_ms, options.dialect.question_timeout_ms),
    instruction: agent.instruction,
    mask: agent.mask,
    meter: session.meter,
    sayCancel: () => agent.connection.notify("session/cancel", { sessionId: session_id }).catch(() => {}),
    cutOff() {
      if (agent.turns.size === 1 && agent.handingOver === 0) return agent.endProcess();
      agent.sessions.forget(session, "its last turn did not confirm its cancel");
      agent.closeSession(session);
      turn.quarantined();
    },
    refused() {
      if (options.dialect.error_ends_session) {
        agent.sessions.forget(
          session,
          "its last turn was answered with an error, after which it takes no more",
        );
      }
    },
    over() {
      agent.turns.delete(turn);
      signal.removeEventListener("abort", interrupt);
      leave(agent, session);
    },
  });
  agent.turns.add(turn);
  agent.sessions.occupy(session, turn);
  signal.addEventListener("abort", interrupt);
  return turn;
}
