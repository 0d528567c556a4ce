/**
 * `fake-acp-client-agent`: a deterministic agent that speaks the Agent Client Protocol on stdio, for
 * tests. What it does with a prompt is told by the prompt: JSON with a `mode`, else it echoes.
 */
import { parseArgs } from "node:util";
import {
  type AgentContext,
  type AnyMessage,
  agent,
  type ContentBlock,
  type CreateElicitationResponse,
  methods,
  type PromptRequest,
  type PromptResponse,
  RequestError,
  type RequestPermissionRequest,
  type RequestPermissionResponse,
  type Stream,
} from "@agentclientprotocol/sdk";
import { modes, type Turn } from "./acp-client/modes.ts";
import { createSessions, type Session } from "./acp-client/sessions.ts";

const help = `fake-acp-client-agent: an agent for tests; it speaks the Agent Client Protocol on stdio.

Usage: fake-acp-client-agent [--mode MODE] [--sessions-dir DIR] [--can CALLS] [--lie] [--late] [--login NAME] [--mute CALLS]

  --mode MODE          what to do with a prompt that names no mode (default: FAKE_MODE, else echo)
  --sessions-dir DIR   keep sessions on disk, so that another process can load them
  --can CALLS          what it announces, of load, resume, list, close (default: close, and load with
                       a directory)
  --lie                says that it has taken up sessions that it doesn't know
  --late               replays a loaded session behind the answer to session/load
  --login NAME         opens sessions only for a client that has logged in by this method
  --mute CALLS         never answers these, of load, resume, list, close
  --help               this text

A prompt that is a JSON object with a "mode" chooses for itself, with options beside it:
  echo                 answers "echo: <text>"; "Say exactly X" answers X; "HISTORY?" answers what was
                       said in this session before; "Ask first: X" asks for permission to X
  success              a thought, a plan, a tool call and "one two three"
  delayed_success      answers after delay_ms (1000), with a chunk every heartbeat_ms
  flood                chunks (10000) message chunks of size (16) characters, then the answer
  cancelled            works until it is cancelled
  silent               the same without a word
  ignore_cancel        works for ever, whatever it is told
  permission           asks for permission and answers "permission: <kind of the chosen option>"
  await_then_resume    asks whether to go on and answers "resumed: <kind of the chosen option>"
  questions            asks for permission count (2) times at once and answers "permissions: <kinds>"
  input                asks for a name by a form and answers "input: <what was entered>"
  impatient            asks for permission, and takes it back after patience_ms (100)
  garbage              writes lines (100) of noise to stdout, then answers
  big_line             writes a message of exactly bytes (64 MiB + 1) in one line, then answers
  crash_after_start    says something and exits with exit_code (3)
  count                appends the task's id to file, then answers
  delegate             gives intent (demo.echo) with text, or payload, to target, and answers what came of
                       it: "<status>: <text>", or "refused: <code>"; named: it names its task as the parent.
                       With a text of its own it must come as the text of a payload
  submit_fail          an error in place of an answer; with --mode: every session/new is refused
  launch_fail          with --mode only: exits with 1 before initialize, with a line on stderr
`;

const { values: flags } = parseArgs({
  options: {
    mode: { type: "string" },
    "sessions-dir": { type: "string" },
    can: { type: "string" },
    lie: { type: "boolean", default: false },
    late: { type: "boolean", default: false },
    login: { type: "string" },
    mute: { type: "string", default: "" },
    help: { type: "boolean", default: false },
  },
});
const defaultMode = flags.mode ?? process.env.FAKE_MODE ?? "echo";
const sessions = createSessions(flags["sessions-dir"]);
const usual = flags["sessions-dir"] === undefined ? "close" : "close,load";
const can = new Set((flags.can ?? usual).split(","));
const mute = new Set(flags.mute.split(","));
let loggedIn = flags.login === undefined;

/** The text of a prompt. */
function textOf(prompt: readonly ContentBlock[]): string {
  return prompt.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("");
}

function optionsOf(text: string): Turn["options"] {
  if (!text.startsWith("{")) return {};
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function taskOf(meta: PromptRequest["_meta"]): string {
  const link: unknown = meta?.aethrolink;
  const named = typeof link === "object" && link !== null && "task_id" in link ? link.task_id : undefined;
  return typeof named === "string" ? named : "";
}

function write(text: string): Promise<void> {
  return new Promise((resolve) => process.stdout.write(text, () => resolve()));
}

async function askPermission(
  client: AgentContext,
  sessionId: string,
  title: string,
  cancellationSignal: AbortSignal | undefined,
): Promise<string> {
  const options = [
    { optionId: "yes", name: "Allow", kind: "allow_once" as const },
    { optionId: "always", name: "Always allow", kind: "allow_always" as const },
    { optionId: "no", name: "Reject", kind: "reject_once" as const },
  ];
  const toolCall = { toolCallId: "call-1", title, kind: "execute" as const, status: "pending" as const };
  const method: string = methods.client.session.requestPermission;
  const request: RequestPermissionRequest = { sessionId, toolCall, options };
  const { outcome } = await client.request<RequestPermissionResponse>(
    method,
    request,
    cancellationSignal === undefined ? {} : { cancellationSignal },
  );
  if (outcome.outcome !== "selected") return "cancelled";
  return options.find((option) => option.optionId === outcome.optionId)?.kind ?? "unknown";
}

/** What a form asked for and got, or how it was refused. */
async function askName(client: AgentContext, sessionId: string): Promise<string> {
  const requestedSchema = {
    type: "object" as const,
    properties: { name: { type: "string" as const, title: "Name" } },
    required: ["name"],
  };
  const request = { mode: "form" as const, sessionId, message: "What is the name?", requestedSchema };
  const method: string = methods.client.elicitation.create;
  const answer = await client.request<CreateElicitationResponse>(method, request);
  return answer.action === "accept" ? JSON.stringify(answer.content) : answer.action;
}

async function prompt(
  session: Session,
  params: PromptRequest,
  client: AgentContext,
): Promise<PromptResponse> {
  const text = textOf(params.prompt);
  const options = optionsOf(text);
  const name = typeof options.mode === "string" ? options.mode : defaultMode;
  if (name === "submit_fail")
    throw RequestError.internalError({ details: "submit_fail" }, "the prompt is refused");
  const mode = modes.get(name);
  if (mode === undefined) throw RequestError.invalidParams({ details: `no such mode: ${name}` });

  const { session_id: sessionId } = session;
  let answer = "";
  session.cancelling = new AbortController();
  const stopReason = await mode({
    session,
    text,
    options,
    task_id: taskOf(params._meta),
    cancelled: session.cancelling.signal,
    update: (update) => client.notify("session/update", { sessionId, update }),
    say(chunk) {
      answer += chunk;
      const content = { type: "text" as const, text: chunk };
      const update = { sessionUpdate: "agent_message_chunk" as const, content };
      return client.notify("session/update", { sessionId, update });
    },
    askPermission: (title, withdrawn) => askPermission(client, sessionId, title, withdrawn),
    askName: () => askName(client, sessionId),
    raw: write,
  });
  sessions.remember(session, { prompt: text, answer });
  const usage = {
    inputTokens: text.length,
    outputTokens: answer.length,
    totalTokens: text.length + answer.length,
  };
  const response: PromptResponse & { usage: object } = { stopReason, usage };
  return response;
}

async function replay(session: Session, client: AgentContext): Promise<void> {
  const { session_id: sessionId } = session;
  for (const { prompt: asked, answer } of session.history) {
    for (const [sessionUpdate, text] of [
      ["user_message_chunk", asked],
      ["agent_message_chunk", answer],
    ] as const) {
      await client.notify("session/update", {
        sessionId,
        update: { sessionUpdate, content: { type: "text", text } },
      });
    }
  }
}

/** The agent's answers on stdout, and what it is told on stdin; a line that is no JSON is passed over. */
function stdio(): Stream {
  const readable = new ReadableStream<AnyMessage>({
    start(controller) {
      let rest = "";
      process.stdin.setEncoding("utf8");
      process.stdin.on("data", (text: string) => {
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) if (line.startsWith("{")) controller.enqueue(JSON.parse(line));
      });
      process.stdin.once("end", () => process.exit(0));
    },
  });
  const writable = new WritableStream<AnyMessage>({
    write: (message) => void process.stdout.write(`${JSON.stringify(message)}\n`),
  });
  return { readable, writable };
}

/** An answer, unless it was told to be silent about that. */
function unlessMute<T>(call: string, answer: () => T): T | Promise<never> {
  return mute.has(call) ? new Promise<never>(() => {}) : answer();
}

/** A session that is to be taken up again; undefined: it is unknown, and that is kept to itself. */
function takeUp(sessionId: string): Session | undefined {
  const session = sessions.load(sessionId);
  if (session === undefined && !flags.lie) throw RequestError.sessionNotFound(sessionId);
  return session;
}

async function load(sessionId: string, client: AgentContext): Promise<object> {
  const session = takeUp(sessionId);
  if (session === undefined) return {};
  if (flags.late) setTimeout(() => void replay(session, client), 20);
  else await replay(session, client);
  return {};
}

function serve(): void {
  agent({ name: "fake-acp-client-agent" })
    .onRequest("initialize", () => ({
      protocolVersion: 1,
      agentInfo: { name: "fake-acp-client-agent", version: "0.1.0" },
      agentCapabilities: {
        loadSession: can.has("load"),
        sessionCapabilities: Object.fromEntries(
          ["close", "resume", "list"].filter((call) => can.has(call)).map((call) => [call, {}]),
        ),
      },
      authMethods:
        flags.login === undefined
          ? []
          : [{ id: flags.login, name: flags.login, description: "Set FAKE_KEY and log in." }],
    }))
    .onRequest("authenticate", ({ params }) => {
      loggedIn ||= params.methodId === flags.login;
      if (!loggedIn) throw RequestError.invalidParams({ details: `no such method: ${params.methodId}` });
      return {};
    })
    .onRequest("session/new", () => {
      if (defaultMode === "submit_fail") {
        throw RequestError.internalError({ details: "submit_fail" }, "the session is refused");
      }
      if (!loggedIn) throw RequestError.authRequired();
      return { sessionId: sessions.open().session_id };
    })
    .onRequest("session/load", ({ params, client }) =>
      unlessMute("load", () => load(params.sessionId, client)),
    )
    .onRequest("session/resume", ({ params }) =>
      unlessMute("resume", () => {
        takeUp(params.sessionId);
        return {};
      }),
    )
    .onRequest("session/list", () =>
      unlessMute("list", () => ({
        sessions: sessions.ids().map((sessionId) => ({ sessionId, cwd: "/" })),
      })),
    )
    .onRequest("session/close", ({ params }) => unlessMute("close", () => sessions.close(params.sessionId)))
    .onRequest("session/prompt", ({ params, client }) => {
      const session = sessions.find(params.sessionId);
      if (session === undefined) throw RequestError.sessionNotFound(params.sessionId);
      return prompt(session, params, client);
    })
    .onNotification("session/cancel", ({ params }) => sessions.find(params.sessionId)?.cancelling.abort())
    .connect(stdio());
}

if (flags.help) {
  process.stdout.write(help);
} else if (defaultMode === "launch_fail") {
  process.stderr.write("fake-acp-client-agent: told to fail at launch\n");
  process.exitCode = 1;
} else {
  serve();
}
