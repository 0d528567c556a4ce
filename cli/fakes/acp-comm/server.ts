/** The fake's routes, in the words of either dialect. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createSessions, type Session } from "../acp-client/sessions.ts";
import { createRun, type Json, type JsonObject, type Part, type Run } from "./runs.ts";
import { askedOf, knowsMode, work } from "./work.ts";

export interface FakeOptions {
  readonly dialect: "acp" | "aethrolink";
  /** The agents that it names; the first is the usual one. */
  readonly agents: readonly string[];
  /** What to do with a run that names no mode. */
  readonly mode: string;
  /** Whether it streams, and whether it lists a run's events. */
  readonly streams: boolean;
  readonly lists: boolean;
  /** Only callers with `authorization: Bearer <this>` are let in; undefined: all. */
  readonly secret: string | undefined;
  readonly sessionsDir: string | undefined;
}

interface Call {
  readonly body: { readonly [key: string]: Json };
  readonly id: string;
  readonly res: ServerResponse;
}

type Handler = (call: Call) => void;

/** What a call is answered that isn't done. */
class Refused extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const invalid = (message: string) => new Refused(422, "invalid_input", message);
const notFound = (message: string) => new Refused(404, "not_found", message);

/** Statuses of the older dialect, where they differ. */
const older: { readonly [status: string]: string } = {
  created: "running",
  "in-progress": "running",
  cancelling: "running",
  awaiting: "awaiting_input",
};

/** A server that isn't listening yet. */
export function createFakeServer(options: FakeOptions): Server {
  const runs = new Map<string, Run>();
  const sessions = createSessions(options.sessionsDir);
  const isOlder = options.dialect === "aethrolink";

  const accept = ({ body }: Call) => {
    const parts = partsOf(body, isOlder);
    if (parts === undefined) throw invalid("1 validation error: what is said must be a list");
    const asked = askedOf(parts, options.mode);
    const { agent_name = options.agents[0] ?? "fake", session_id } = body;
    if (!isOlder && !(options.agents as readonly Json[]).includes(agent_name))
      throw notFound(`Agent ${String(agent_name)} not found`);
    if (typeof session_id === "string" && !isUuid(session_id))
      throw invalid("1 validation error: session_id should be a valid UUID");
    if (asked.mode === "submit_fail" || !knowsMode(asked.mode))
      throw invalid(`the run is refused: ${asked.mode}`);
    return { asked, agent_name: String(agent_name), session_id };
  };
  const sessionOf = (session_id: Json | undefined): Session => {
    const named = typeof session_id === "string" ? session_id : undefined;
    const known = named === undefined ? undefined : sessions.load(named);
    const session = known ?? sessions.open(named);
    session.cancelling = new AbortController();
    return session;
  };
  const streams = ({ body }: Call) => !isOlder && options.streams && body.mode === "stream";

  const begin = (call: Call): void => {
    const { res } = call;
    const { asked, agent_name, session_id } = accept(call);
    const session = sessionOf(session_id);
    const run = createRun(agent_name, session.session_id);
    runs.set(run.run_id, run);
    res.setHeader("run-id", run.run_id);
    if (streams(call)) stream(res, run, 0);
    else if (isOlder) answer(res, 200, { run_id: run.run_id, session_id: run.session_id });
    else answer(res, 202, run.record());
    const raw = (text: string) =>
      new Promise<void>((resolve) => {
        if (res.writableEnded) resolve();
        else res.write(text, () => resolve());
      });
    work({ run, session, sessions, asked, raw }).catch((thrown: unknown) =>
      run.end("failed", String(thrown)),
    );
  };

  const found =
    (act: (run: Run, call: Call) => void): Handler =>
    (call) => {
      const run = runs.get(call.id);
      if (run === undefined) throw notFound(`Run ${call.id} not found`);
      act(run, call);
    };

  const resume = (run: Run, call: Call): void => {
    const { body, res } = call;
    if (!run.asked()) throw new Refused(403, "server_error", `Run ${run.run_id} has no await request`);
    const said = answerOf(body, isOlder);
    if (said === undefined) throw invalid("1 validation error: await_resume");
    const from = run.events.length;
    // Without an answer, as the server of the protocol does.
    if (!run.resume(said)) run.flip();
    else if (streams(call)) stream(res, run, from);
    else if (isOlder) answer(res, 200, { ok: true });
    else answer(res, 202, run.record());
  };

  const cancel = (run: Run, { res }: Call): void => {
    if (run.ended())
      throw new Refused(403, "server_error", `Run in terminal status ${run.status()} can't be cancelled`);
    run.cancel();
    answer(res, 202, run.record());
    sessions.find(run.session_id)?.cancelling.abort();
  };

  const shown = (run: Run): JsonObject => {
    if (!isOlder) return run.record();
    const { run_id, session_id, status, output, await_request, error } = run.record();
    const text = textOf(output);
    return {
      run_id: run_id ?? "",
      session_id: session_id ?? "",
      status: older[String(status)] ?? String(status),
      ...(run.status() === "completed" ? { result: { text } } : {}),
      ...(run.status() === "awaiting" && await_request !== undefined ? { await_request } : {}),
      ...(error === null || error === undefined ? {} : { reason: "told to fail" }),
    };
  };

  const session = ({ id, res }: Call): void => {
    const known = sessions.load(id);
    if (known === undefined) throw notFound(`Session ${id} not found`);
    const history = known.history.flatMap((_exchange, n) => [
      `/resources/${n}-asked`,
      `/resources/${n}-answered`,
    ]);
    answer(res, 200, { id, history, state: null });
  };
  const agents = options.agents.map((name) => ({ name, description: "A fake for tests", metadata: {} }));

  const routes: { readonly [route: string]: Handler } = {
    "GET /ping": ({ res }) => answer(res, 200, {}),
    "POST /runs": begin,
    "GET /runs/:id": found((run, { res }) => answer(res, 200, shown(run))),
    "POST /runs/:id/cancel": found(cancel),
    ...(isOlder
      ? { "POST /runs/:id/resume": found(resume) }
      : {
          "GET /agents": ({ res }) => answer(res, 200, { agents }),
          "POST /runs/:id": found(resume),
          "GET /sessions/:id": session,
        }),
    ...(isOlder || !options.lists
      ? {}
      : {
          "GET /runs/:id/events": found((run, { res }) =>
            answer(res, 200, `{"events":[${run.events.join()}]}`),
          ),
        }),
  };

  return createServer((req, res) => {
    const { pathname } = new URL(req.url ?? "/", "http://fake");
    const [, first = "", id = "", ...rest] = pathname.split("/");
    const path = [`/${first}`, ...(id === "" ? [] : [":id"]), ...rest].join("/");
    const handler = routes[`${req.method} ${path}`];
    bodyOf(req)
      .then((body) => {
        if (options.secret !== undefined && req.headers.authorization !== `Bearer ${options.secret}`)
          throw new Refused(401, "unauthorized", "the caller is not let in");
        if (handler === undefined) throw notFound("Not Found");
        handler({ body, id, res });
      })
      .catch((thrown: unknown) => {
        const refused = thrown instanceof Refused ? thrown : invalid("1 validation error: JSON decode error");
        const { status, code, message } = refused;
        answer(res, status, { code, message, data: null });
      });
  });
}

const isUuid = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

function answer(res: ServerResponse, status: number, body: JsonObject | string): void {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  res.writeHead(status, { "content-type": "application/json" }).end(text);
}

/** A run's events from one on, until it asks or ends. */
function stream(res: ServerResponse, run: Run, from: number): void {
  res.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
  const write = (event: string): void => {
    res.write(`data: ${event}\n\n`);
    if (/^\{"type":"run\.(awaiting|completed|failed|cancelled)"/.test(event)) {
      stop();
      res.end();
    }
  };
  const stop = run.listen(write);
  res.on("close", stop);
  for (const event of run.events.slice(from)) write(event);
}

async function bodyOf(req: IncomingMessage): Promise<Call["body"]> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  const value: unknown = text === "" ? {} : JSON.parse(text);
  return typeof value === "object" && value !== null ? (value as Call["body"]) : {};
}

/** The parts that a new run is given; undefined: there are none as they should be. */
function partsOf({ messages, input }: Call["body"], isOlder: boolean): Partial<Part>[] | undefined {
  const said = isOlder ? messages : input;
  if (!Array.isArray(said)) return undefined;
  if (isOlder) return said as Partial<Part>[];
  return (said as { parts?: Partial<Part>[] }[]).flatMap(({ parts = [] }) => parts);
}

function answerOf(body: Call["body"], isOlder: boolean): Part[] | undefined {
  if (isOlder) {
    const { text } = body;
    const content = typeof text === "string" ? text : JSON.stringify(body);
    return [{ content_type: "application/json", content }];
  }
  const { await_resume } = body as { await_resume?: { message?: { parts?: Part[] } } };
  return await_resume?.message?.parts;
}

function textOf(output: Json | undefined): string {
  const messages = (output ?? []) as readonly { readonly parts: readonly Partial<Part>[] }[];
  return messages.flatMap(({ parts }) => parts.map(({ content = "" }) => content)).join("");
}
