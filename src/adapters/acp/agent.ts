/**
 * One agent: a process that has been greeted, its sessions and its open turns.
 *
 * Invariants:
 * 1. `initialize` is said once; nothing is called that it didn't announce.
 * 2. Whatever ends the process ends its open turns, each with what it had said so far.
 * 3. A process that works for anyone else is never ended for the sake of one turn.
 */
import type { Clock, JsonObject, Lease, Question, Target } from "#src/core/ports.ts";
import { AdapterFault } from "#src/core/ports.ts";
import type { Settlement } from "#src/core/questions.ts";
import { createLeases } from "#src/processes/leases.ts";
import type { ProcessLog } from "#src/processes/start.ts";
import { type Child, describeExit } from "#src/processes/supervise.ts";
import { type Connection, connect, type Reply } from "./connection.ts";
import { type Announced, instructionOf, introduce, offersSession } from "./greeting.ts";
import { createMessageStream } from "./message-stream.ts";
import {
  decidePermission,
  elicitationAction,
  elicitationQuestion,
  permissionOutcome,
  permissionQuestion,
} from "./permissions.ts";
import { createSessionTable, type Session, type SessionTable } from "./sessions.ts";
import type { Turn } from "./turn.ts";
import type { Meter } from "./usage.ts";

export interface Agent {
  readonly name: string;
  readonly launch_id: string;
  readonly announced: Announced;
  /** The hold on one subcontext of this process; the same for all that share it. */
  leaseOf(subcontext_key: string): Lease;
  readonly connection: Connection;
  readonly sessions: SessionTable;
  /** Who hears what is replayed of a session that is taken up, by its id. */
  readonly replays: Map<string, (update: JsonObject) => void>;
  /** What sessions have cost so far, by their id. */
  readonly meters: Map<string, Meter>;
  /** The open turns. */
  readonly turns: Set<Turn>;
  /** What it said about logging in. */
  readonly instruction: string;
  /** Tasks that are being handed over. */
  handingOver: number;
  mask(text: string): string;
  /** Tells the agent that a session isn't needed any more, if it wants to know. */
  closeSession(session: Pick<Session, "session_id">): void;
  /** Settles when a session that is being closed is: what is asked of it before may overtake the close. */
  closed(session_id: string): Promise<void>;
  /** Ends the process at once, and with it every open turn. */
  endProcess(): void;
}

export interface GreetOptions {
  readonly target: Target;
  readonly clock: Clock;
  readonly log: ProcessLog;
  /** Aborted when the process has gone, or is being ended. */
  readonly gone: AbortSignal;
  /** Makes the ids of questions and leases. */
  readonly newId: () => string;
  /** Of this program. */
  readonly version: string;
  readonly initializeMs: number;
  readonly lineLimit: number;
  readonly idleSessions: number;
  /** Ends the process by way of its pool. */
  readonly endProcess: () => void;
}

/** The answer to session/close is waited for no longer. */
const closeMs = 5000;

/**
 * Says initialize to a process that was just started.
 * @throws AdapterFault when the agent refuses, is silent, or speaks another version
 */
export async function greet(child: Child, options: GreetOptions): Promise<Agent> {
  const turns = new Set<Turn>();
  const { clock, endProcess } = options;
  const place = `${child.name}, see launch ${child.launch_id}`;
  const replays = new Map<string, (update: JsonObject) => void>();
  const sessions = createSessionTable(options.idleSessions, clock, (session) => closeSession(session));
  const closed = new Map<string, Promise<void>>();
  let greeted = false;
  let closing = false; // whether session/close was announced

  const closeSession: Agent["closeSession"] = ({ session_id: sessionId }) => {
    if (!closing || closed.has(sessionId)) return;
    const settled = Promise.withResolvers<void>();
    const over = (): void => {
      takeBack();
      if (closed.get(sessionId) === settled.promise) closed.delete(sessionId);
      settled.resolve();
    };
    const takeBack = clock.after(closeMs, over);
    closed.set(sessionId, settled.promise);
    connection.request("session/close", { sessionId }).then(over, over);
  };
  /** The open turn that a request of the agent's belongs to; undefined: none, or it can't be told. */
  const turnOf = ({ sessionId }: JsonObject): Turn | undefined => {
    if (typeof sessionId === "string") return sessions.find(sessionId)?.turn;
    const [only, another] = turns;
    return another === undefined ? only : undefined;
  };
  const messages = createMessageStream(child.stdout, child.stdin, options.lineLimit);
  const connection = await connect(messages, {
    update(session_id, update) {
      replays.get(session_id)?.(update);
      sessions.find(session_id)?.turn?.hear(update);
    },
    answered: (session_id, answer) => sessions.find(session_id)?.turn?.answer(answer),
    permission(params, withdrawn) {
      const turn = turnOf(params);
      const question = permissionQuestion(params, options.newId(), child.mask);
      const reply = (settlement: Settlement) => ({ outcome: permissionOutcome(question, settlement) });
      // A policy speaks for a task that goes on, and for nothing else.
      if (turn === undefined || turn.over()) return { result: reply({ by: "void" }) };
      const decision = decidePermission(params, options.target.permissions, child.mask);
      if (decision === undefined) return asked(turn, question, withdrawn, reply);
      turn.tell(decision.text);
      return { result: { outcome: decision.outcome } };
    },
    elicitation(params, withdrawn) {
      const question = elicitationQuestion(params, options.newId(), child.mask);
      if (question === undefined) return { result: elicitationAction({ by: "timeout" }) };
      return asked(turnOf(params), question, withdrawn, elicitationAction);
    },
    over(why) {
      if (why === "overflow") {
        const detail = `a line of more than ${options.lineLimit} bytes came from ${place}`;
        connection.close(new AdapterFault("protocol_error", detail));
        for (const turn of [...turns]) turn.broke(detail);
        endProcess();
      } else unlessEnding(child, clock, endProcess);
    },
  });
  let deaf: string | undefined;
  child.stdin.once("error", () => {
    if (options.gone.aborted) return;
    unlessEnding(child, clock, () => {
      deaf = `${child.name} takes nothing that it is told, see launch ${child.launch_id}`;
      connection.close(new AdapterFault("submit_failed", deaf)); // its open turns are heard to its end
      if (greeted) endProcess(); // else its start fails with that, and ends it
    });
  });
  void child.exited.then((exit) => {
    const detail = deaf ?? `${describeExit(child.name, exit)}, see launch ${child.launch_id}`;
    connection.close(new AdapterFault("submit_failed", detail));
    for (const turn of [...turns]) turn.died(detail);
    const { skipped } = messages.counts();
    if (skipped > 0) options.log.warn({ launch_id: child.launch_id, skipped }, "lines that were no messages");
  });

  connection.read();
  const announced = await introduce(connection, { ...options, mask: child.mask });
  greeted = true;
  closing = offersSession(announced, "close");
  return {
    name: child.name,
    launch_id: child.launch_id,
    leaseOf: createLeases({
      runtime_id: options.target.target_id,
      process_id: child.pid,
      launch_id: child.launch_id,
      metadata: { launch_id: child.launch_id, agent: announced.agentInfo },
      newId: options.newId,
      gone: options.gone,
    }),
    announced,
    replays,
    meters: new Map(),
    connection,
    sessions,
    turns,
    instruction: instructionOf(announced.authMethods),
    handingOver: 0,
    mask: child.mask,
    closeSession,
    closed: (session_id) => closed.get(session_id) ?? Promise.resolve(),
    endProcess,
  };
}

/** Asks what the agent wants to know, and says what came of it; what nobody can be asked is void. */
async function asked(
  turn: Turn | undefined,
  question: Question,
  withdrawn: AbortSignal,
  reply: (settlement: Settlement) => object,
): Promise<Reply> {
  if (turn === undefined) return { result: reply({ by: "void" }) };
  const { settlement, told } = await turn.ask(question, withdrawn);
  return { result: reply(settlement), told };
}

/**
 * Whoever can't be heard, or told anything, is no use any more. Mostly it is on its way out; then its exit
 * tells more, and what it has said before is still read.
 */
function unlessEnding(child: Child, clock: Clock, act: () => void): void {
  const takeBack = clock.after(500, act);
  void child.exited.then(takeBack);
}
