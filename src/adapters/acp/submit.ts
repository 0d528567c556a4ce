/** How a task is handed over to an agent: a session, then the prompt, then a run. */
import { statSync } from "node:fs";
import { isAbsolute } from "node:path";
import type { JsonObject, Run, TaskToRun } from "#src/core/ports.ts";
import { AdapterFault } from "#src/core/ports.ts";
import { isJsonObject } from "#src/core/prompt-text.ts";
import type { Agent } from "./agent.ts";
import { abandon, takeSession } from "./continuity.ts";
import { gaveUp, noteUse, notTaken, type SessionOptions } from "./open-session.ts";
import { promptOf } from "./prompt.ts";
import type { Session } from "./sessions.ts";
import { createTurn, runOf, type Turn } from "./turn.ts";

/** `cwd`: where a session works that doesn't say otherwise; known to exist. */
export interface SubmitOptions extends SessionOptions {
  readonly cancelGraceMs: number;
  /** The longest text of one turn, in characters. */
  readonly turnLimit: number;
}

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
    const cwd = directoryOf(task, options.cwd);
    const { promptCapabilities = {} } = agent.announced.agentCapabilities;
    const takes = isJsonObject(promptCapabilities) ? promptCapabilities : {};
    const prompt = promptOf(task, options.dialect, takes);
    const { session, continuity } = await takeSession(agent, { ...options, cwd }, signal);
    if (signal.aborted) {
      leave(agent, session);
      throw new AdapterFault("submit_failed", gaveUp);
    }
    const turn = beginTurn(agent, session, task, options, signal);
    try {
      await taken(agent, agent.connection.prompt(session.session_id, prompt), options, signal);
    } catch (error) {
      turn.died("the prompt was not taken");
      throw notTaken(agent, error);
    }
    return runOf(turn, session.session_id, { launch_id: agent.launch_id }, continuity);
  } finally {
    agent.handingOver -= 1;
  }
}

/**
 * When the pipe has taken a prompt. One that nobody waits for any more may stay in the pipe for the grace
 * time of a cancel; then the agent doesn't read, and hears nothing else either.
 * @throws AdapterFault submit_failed when it was given up; or what the pipe broke with
 */
async function taken(
  agent: Agent,
  prompt: Promise<void>,
  { clock, cancelGraceMs }: SubmitOptions,
  signal: AbortSignal,
): Promise<void> {
  const gaveUpOn = Promise.withResolvers<never>();
  let takeBack = (): void => {};
  const giveUp = (): void => {
    takeBack = clock.after(cancelGraceMs, () => {
      if (agent.turns.size === 0 && agent.handingOver === 1) agent.endProcess();
      gaveUpOn.reject(new AdapterFault("submit_failed", gaveUp));
    });
  };
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    await Promise.race([prompt, gaveUpOn.promise]);
  } finally {
    takeBack();
    signal.removeEventListener("abort", giveUp);
  }
}

/** The directory that options name. */
export function cwdOf({ cwd = null, workspace = null }: JsonObject): string | undefined {
  const named = cwd ?? workspace;
  return typeof named === "string" && named !== "" ? named : undefined;
}

/** @throws AdapterFault submit_failed when the task names a directory that can't be used */
function directoryOf(task: TaskToRun, otherwise: string): string {
  const named = cwdOf(task.runtime_options);
  if (named === undefined || named === otherwise) return otherwise;
  if (!isAbsolute(named)) throw new AdapterFault("submit_failed", `cwd must be an absolute path: ${named}`);
  if (statSync(named, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new AdapterFault("submit_failed", `cwd is not an existing directory: ${named}`);
  }
  return named;
}

/** A session whose turn is over stays for the next one, unless it has no key. */
function leave(agent: Agent, session: Session): void {
  if (session.slot !== null) agent.sessions.release(session);
  else {
    agent.sessions.forget(session);
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
  /** Nobody goes on with this session, in this process or in a later one. */
  const leaveForGood = (why: string): void => abandon(agent, session, options, why);
  /** The agent may go on with its prompt: nobody else gets the session. */
  const interrupt = (): void => {
    turn.interrupt("the node stopped waiting for it");
    leaveForGood("its last turn was interrupted");
    agent.closeSession(session);
  };
  const sayCancel = () =>
    agent.connection.notify("session/cancel", { sessionId: session_id }).catch(() => {});
  const isAlone = () => agent.turns.size === 1 && agent.handingOver === 0;
  const turn: Turn = createTurn(task, {
    clock: options.clock,
    cancelGraceMs: options.cancelGraceMs,
    turnLimit: options.turnLimit,
    questionMs: Math.min(task.question_timeout_ms, options.dialect.question_timeout_ms),
    reading: { instruction: agent.instruction, mask: agent.mask, dialect: options.dialect },
    mask: agent.mask,
    meter: session.meter,
    sayCancel,
    cutOff() {
      if (isAlone()) return agent.endProcess();
      leaveForGood("its last turn did not confirm its cancel");
      agent.closeSession(session);
      turn.quarantined();
    },
    saidTooMuch() {
      const alone = isAlone();
      void sayCancel();
      // A cancel that is under way ends with what was done to the session, not to the process of others.
      if (!alone && turn.over()) turn.quarantined();
      else turn.broke(`it said more than ${options.turnLimit} characters in one turn`);
      leaveForGood("its last turn said too much");
      agent.closeSession(session);
      if (alone) agent.endProcess();
    },
    refused() {
      if (options.dialect.error_ends_session) {
        leaveForGood("its last turn was answered with an error, after which it takes no more");
      }
    },
    over() {
      agent.turns.delete(turn);
      noteUse(session, options, "active");
      signal.removeEventListener("abort", interrupt);
      leave(agent, session);
    },
  });
  agent.turns.add(turn);
  agent.sessions.occupy(session, turn);
  signal.addEventListener("abort", interrupt);
  return turn;
}
