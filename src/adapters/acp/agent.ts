/**
 * One agent: a process that has been greeted, its sessions and its open turns.
 *
 * Invariants:
 * 1. `initialize` is said once; nothing is called that it didn't announce.
 * 2. Whatever ends the process ends its open turns, each with what it had said so far.
 * 3. A process that works for anyone else is never ended for the sake of one turn.
 */
import type { Clock, Json, JsonObject, Lease, Question, Target } from "#src/core/ports.ts";
import { AdapterFault } from "#src/core/ports.ts";
import { isJsonObject } from "#src/core/prompt-text.ts";
import type { Settlement } from "#src/core/questions.ts";
import type { ProcessLog } from "#src/processes/start.ts";
import { type Child, describeExit } from "#src/processes/supervise.ts";
import { type Connection, connect, type Reply } from "./connection.ts";
import { createMessageStream } from "./message-stream.ts";
import {
  decidePermission,
  elicitationAction,
  elicitationQuestion,
  permissionOutcome,
  permissionQuestion,
} from "./permissions.ts";
import { createSessionTable, type Session, type SessionTable } from "./sessions.ts";
import { describeError } from "./signals.ts";
import type { Turn } from "./turn.ts";
import type { Meter } from "./usage.ts";

/** What an agent said of itself in its answer to initialize. */
export interface Announced {
  /** Empty where it said none. */
  readonly agentCapabilities: JsonObject;
  readonly agentInfo: Json;
  readonly authMethods: readonly Json[];
}

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
  closeSession(session: Session): void;
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

const protocolVersion = 1;
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
  let closing = false; // whether session/close was announced

  const closeSession = (session: Session): void => {
    if (!closing) return;
    const { session_id: sessionId } = session;
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
      const question = permissionQuestion(params, options.newId());
      const reply = (settlement: Settlement) => ({ outcome: permissionOutcome(question, settlement) });
      // A policy speaks for a task that goes on, and for nothing else.
      if (turn === undefined || turn.over()) return { result: reply({ by: "void" }) };
      const decision = decidePermission(params, options.target.permissions);
      if (decision === undefined) return asked(turn, question, withdrawn, reply);
      turn.tell(decision.text);
      return { result: { outcome: decision.outcome } };
    },
    elicitation(params, withdrawn) {
      const question = elicitationQuestion(params, options.newId());
      if (question === undefined) return { result: elicitationAction({ by: "timeout" }) };
      return asked(turnOf(params), question, withdrawn, elicitationAction);
    },
    over(why) {
      if (why === "overflow") {
        const detail = `a line of more than ${options.lineLimit} bytes came from ${place}`;
        connection.close(new AdapterFault("protocol_error", detail));
        for (const turn of [...turns]) turn.broke(detail);
        endProcess();
      } else endUnlessEnding(child, clock, endProcess);
    },
  });
  void child.exited.then((exit) => {
    const detail = `${describeExit(child.name, exit)}, see launch ${child.launch_id}`;
    connection.close(new AdapterFault("submit_failed", detail));
    for (const turn of [...turns]) turn.died(detail);
    const { skipped } = messages.counts();
    if (skipped > 0) options.log.warn({ launch_id: child.launch_id, skipped }, "lines that were no messages");
  });

  connection.read();
  // An agent that refuses may say why with what it was told.
  const masked = (fault: unknown): never => {
    if (!(fault instanceof AdapterFault)) throw fault;
    throw new AdapterFault(fault.kind, child.mask(fault.message), { cause: fault });
  };
  const said = await initialize(connection, options).catch(masked);
  await logIn(connection, said, options).catch(masked);
  const announced = maskedJson(said, child.mask);
  closing = offersSession(announced, "close");
  return {
    name: child.name,
    launch_id: child.launch_id,
    leaseOf: leasesOf(child, announced, options),
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

/** What an agent says of itself may hold what it was told. */
function maskedJson<T>(said: T, mask: (text: string) => string): T {
  const clean = (value: unknown): unknown => {
    if (typeof value === "string") return mask(value);
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [mask(name), clean(inner)]));
  };
  return clean(said) as T;
}

/** More leases of one process than these are let go, the least recently used first. */
const mostLeases = 1000;

function leasesOf(
  child: Child,
  { agentInfo }: Announced,
  { target, newId, gone }: GreetOptions,
): Agent["leaseOf"] {
  const leases = new Map<string, { readonly lease: Lease; readonly end: AbortController }>();
  const leaseOf = (subcontext_key: string, end: AbortController): Lease => ({
    lease_id: newId(),
    runtime_id: target.target_id,
    subcontext_key,
    process_id: child.pid,
    metadata: { launch_id: child.launch_id, agent: agentInfo },
    gone: AbortSignal.any([gone, end.signal]),
  });
  return (subcontext_key) => {
    const known = leases.get(subcontext_key);
    leases.delete(subcontext_key);
    const end = known?.end ?? new AbortController();
    const lease = known?.lease ?? leaseOf(subcontext_key, end);
    leases.set(subcontext_key, { lease, end });
    const [oldest] = leases;
    if (leases.size > mostLeases && oldest !== undefined) {
      leases.delete(oldest[0]);
      oldest[1].end.abort(new Error("it was not used for long"));
    }
    return lease;
  };
}

/** An agent that closes its output is no use any more; mostly it is on its way out. */
function endUnlessEnding(child: Child, clock: Clock, endProcess: () => void): void {
  const takeBack = clock.after(500, endProcess);
  void child.exited.then(takeBack);
}

/** Whether an agent announced a call of sessionCapabilities. */
export function offersSession({ agentCapabilities }: Announced, call: "resume" | "close" | "list"): boolean {
  const { sessionCapabilities } = agentCapabilities;
  return isJsonObject(sessionCapabilities) && isJsonObject(sessionCapabilities[call]);
}

async function initialize(connection: Connection, options: GreetOptions): Promise<Announced> {
  const asked = connection.request("initialize", {
    protocolVersion,
    clientCapabilities: {
      fs: { readTextFile: false, writeTextFile: false },
      terminal: false,
      elicitation: { form: {} },
    },
    clientInfo: { name: "aethrolink", version: options.version },
  });
  const said = await answered(asked, "initialize", options).catch((error: unknown) => refused(error, ""));
  const result = isJsonObject(said) ? said : {};
  if (result.protocolVersion !== protocolVersion) {
    const spoken = JSON.stringify(result.protocolVersion ?? null);
    throw new AdapterFault(
      "launch_failed",
      `the agent speaks protocol version ${spoken}, not ${protocolVersion}`,
    );
  }
  const { agentCapabilities, agentInfo = null, authMethods } = result;
  return {
    agentCapabilities: isJsonObject(agentCapabilities) ? agentCapabilities : {},
    agentInfo,
    authMethods: Array.isArray(authMethods) ? authMethods : [],
  };
}

/** An answer, or the end of patience. */
async function answered(
  asked: Promise<Json>,
  call: string,
  { clock, initializeMs }: GreetOptions,
): Promise<Json> {
  const silence = Promise.withResolvers<never>();
  const takeBack = clock.after(initializeMs, () => {
    silence.reject(new AdapterFault("launch_failed", `${call} gave no answer in ${initializeMs} ms`));
  });
  try {
    return await Promise.race([asked, silence.promise]);
  } finally {
    takeBack();
  }
}

/** Logs in as the registry says, if it says so (authenticate). */
async function logIn(connection: Connection, { authMethods }: Announced, options: GreetOptions) {
  const { auth_method: methodId } = options.target;
  if (methodId === null) return;
  const instruction = instructionOf(authMethods);
  const offered = authMethods.some((method) => isJsonObject(method) && method.id === methodId);
  if (!offered) {
    const detail = `the agent offers no login ${methodId}`;
    throw new AdapterFault("launch_failed", [detail, instruction].filter(Boolean).join(". "));
  }
  await answered(connection.request("authenticate", { methodId }), "authenticate", options).catch(
    (error: unknown) => refused(error, instruction),
  );
}

function refused(error: unknown, instruction: string): never {
  if (error instanceof AdapterFault) throw error;
  throw new AdapterFault("launch_failed", describeError(errorOf(error), instruction), { cause: error });
}

/** The SDK's RequestError as the JSON that it was. */
export function errorOf(error: unknown): JsonObject {
  const { message } = error instanceof Error ? error : { message: String(error) };
  const code =
    error instanceof Error && "code" in error && typeof error.code === "number" ? error.code : null;
  return { code, message };
}

function instructionOf(authMethods: readonly Json[]): string {
  const ways = authMethods.flatMap((method: Json) => {
    if (!isJsonObject(method)) return [];
    const words = [method.name, method.description].filter((word) => typeof word === "string" && word !== "");
    return words.length === 0 ? [] : [words.join(": ")];
  });
  return ways.length === 0 ? "" : `The runtime offers: ${ways.join("; ")}`;
}
