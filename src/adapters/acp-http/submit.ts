/** How a task is handed over to a server: its agent, its session, then the run. */
import type { JsonObject, Target, TaskToRun } from "#src/core/ports.ts";
import { AdapterFault } from "#src/core/ports.ts";
import { agentFor } from "./agents.ts";
import { streamOf } from "./answering.ts";
import { type Answer, NoAnswer, type Opened, open, restOf, type Server } from "./calls.ts";
import type { Dialect } from "./dialects.ts";
import { inputOf } from "./input.ts";
import { objectIn, textIn } from "./json.ts";
import { type Begun, nothingTaken } from "./run.ts";
import { type SessionOptions, sessionOf } from "./sessions.ts";
import { refusalOf } from "./signals.ts";

const unknown = "it is unknown whether the runtime took the work";

/**
 * Begins a run.
 * @throws AdapterFault submit_failed or protocol_error when the server never had the work, timeout when that
 *   is unknown
 */
export async function begin(
  options: SessionOptions & { readonly target: Target },
  task: TaskToRun,
  signal: AbortSignal,
): Promise<Begun> {
  const { server, dialect, target } = options;
  const agent = dialect.agents ? await agentFor(server, target, task.runtime_options) : undefined;
  const session = await sessionOf(options, task);
  if (signal.aborted) throw new AdapterFault("submit_failed", "given up before the server had the work");
  const about = agent === undefined ? {} : { agent_name: agent };
  const { session_id } = session;
  const body: JsonObject = { ...about, ...inputOf(task, dialect), session_id };
  const { opened, mode } = await ask(server, body, dialect.mode, signal);
  const stream = new AbortController();
  const begun = { mode, taken: nothingTaken, stream, left: undefined };
  const frames = isStream(opened) ? streamOf(server, opened, stream.signal) : undefined;
  if (frames !== undefined) {
    const run_id = textOf(opened.headers["run-id"]);
    if (run_id === undefined) {
      stream.abort();
      throw new AdapterFault("timeout", `the server streams without the header Run-ID; ${unknown}`);
    }
    return { ...begun, run_id, session_id, continuity: session.continuity, frames };
  }
  const run = await runIn(server, opened);
  const named = textIn(run, "session_id") ?? session_id;
  // A server that goes its own way about sessions remembers nothing of ours.
  const continuity = named === session_id ? session.continuity : freshOf(session.continuity);
  return { ...begun, run_id: textIn(run, "run_id") ?? "", session_id: named, continuity, frames: undefined };
}

const freshOf = ({ continuity, continuity_reason }: Begun["continuity"]): Begun["continuity"] => ({
  continuity: "fresh",
  continuity_reason: continuity === "fresh" ? continuity_reason : "the server opened a session of its own",
});

const textOf = (value: string | string[] | undefined): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

const isStream = ({ status, type }: Opened) => status < 300 && type.startsWith("text/event-stream");

type Mode = Dialect["mode"];

/** Asks for a run; where the server refuses to stream, once more without. */
async function ask(server: Server, body: JsonObject, mode: Mode, signal: AbortSignal) {
  const opened = await post(server, { ...body, mode });
  if (mode !== "stream" || !mayRefuseMode.has(opened.status)) return { opened, mode };
  const refused = await refusalIn(server, opened);
  if (refused.status !== 501 && !/\b(mode|stream(ing)?)\b/i.test(refusalOf(refused, server.mask)))
    throw refusedRun(server, refused);
  if (signal.aborted) throw new AdapterFault("submit_failed", "given up before the server had the work");
  const without: Mode = "async";
  return { opened: await post(server, { ...body, mode: without }), mode: without };
}

/** A server that answers these has begun nothing, whatever it meant: to ask again is safe. */
const mayRefuseMode = new Set([400, 422, 501]);

async function post(server: Server, body: JsonObject): Promise<Opened> {
  try {
    return await open(server, { method: "POST", path: "/runs", body });
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    if (!error.sent) throw new AdapterFault("submit_failed", error.message, { cause: error });
    throw new AdapterFault("timeout", `${error.message}; ${unknown}`, { cause: error });
  }
}

/** Behind a proxy the work may have been taken although the answer says that something failed. */
const doubtful = new Set([502, 504]);

function refusedRun(server: Server, answer: Answer): AdapterFault {
  const kind = doubtful.has(answer.status) ? "timeout" : "submit_failed";
  return new AdapterFault(kind, `the server refused the run: ${refusalOf(answer, server.mask)}`);
}

/** That it refuses is known, whatever else it had to say. */
const refusalIn = (server: Server, opened: Opened): Promise<Answer> =>
  restOf(server, opened).catch(() => ({ status: opened.status, json: undefined }));

async function runIn(server: Server, opened: Opened): Promise<JsonObject> {
  if (opened.status >= 300) throw refusedRun(server, await refusalIn(server, opened));
  const answer = await restOf(server, opened).catch((cause: unknown) => {
    throw new AdapterFault("timeout", `${(cause as Error).message}; ${unknown}`, { cause });
  });
  const run = objectIn(answer.json);
  if (textIn(run, "run_id") !== undefined) return run;
  throw new AdapterFault("timeout", `the server answered a new run without its id; ${unknown}`);
}
