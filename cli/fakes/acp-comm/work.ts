/** What the fake does with a run: the modes of the other fake, told in the words of this protocol. */
import type { SessionUpdate } from "@agentclientprotocol/sdk";
import { type Mode, modes, type Turn } from "../acp-client/modes.ts";
import type { Session, Sessions } from "../acp-client/sessions.ts";
import type { JsonObject, Part, Run } from "./runs.ts";

/** What a run was asked for. */
export interface Asked {
  readonly text: string;
  readonly task_id: string;
  readonly options: Turn["options"];
  readonly mode: string;
}

const controlType = "application/vnd.aethrolink.control+json";
const questionType = "application/vnd.aethrolink.question+json";

function objectOf(text: string): { readonly [key: string]: unknown } {
  if (!text.startsWith("{")) return {};
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** Reads what was said: the control part names the task, the rest is the prompt. */
export function askedOf(parts: readonly Partial<Part>[], defaultMode: string): Asked {
  const said = parts.filter(({ name, content }) => typeof content === "string" && name === undefined);
  const control = said.find(({ content_type }) => content_type === controlType)?.content ?? "";
  const text = said
    .filter(({ content_type }) => content_type !== controlType)
    .map(({ content }) => content)
    .join("");
  const { task_id } = objectOf(control);
  const options = objectOf(text);
  const mode = typeof options.mode === "string" ? options.mode : defaultMode;
  return { text, options, mode, task_id: typeof task_id === "string" ? task_id : "" };
}

const textPart = (content: string): Part => ({ content_type: "text/plain", content });

const permissionOptions = [
  { option_id: "yes", name: "Allow", kind: "allow_once" },
  { option_id: "always", name: "Always allow", kind: "allow_always" },
  { option_id: "no", name: "Reject", kind: "reject_once" },
];

/** The modes that only a server has. */
type OwnMode = (run: Run, options: Asked["options"]) => Promise<"completed" | "failed">;
const own: ReadonlyMap<string, OwnMode> = new Map<string, OwnMode>([
  [
    "artifact",
    async (run) => {
      run.part({ ...textPart("file body"), name: "out.txt" });
      run.part({
        name: "b.bin",
        content_type: "application/octet-stream",
        content: "AAECAw==",
        content_encoding: "base64",
      });
      run.part(textPart("two files"));
      return "completed";
    },
  ],
  [
    "big_line",
    async (run, { bytes }) => {
      run.part(textPart("x".repeat(typeof bytes === "number" ? bytes : 64 * 1024 * 1024 + 1)));
      return "completed";
    },
  ],
  [
    "fail",
    async (run) => {
      run.part(textPart("partial"));
      return "failed";
    },
  ],
]);

export const knowsMode = (name: string): boolean => own.has(name) || modes.has(name);

export interface Work {
  readonly run: Run;
  readonly session: Session;
  readonly sessions: Sessions;
  readonly asked: Asked;
  /** Bytes in the run's stream, past the protocol; resolves when they are written. */
  readonly raw: (text: string) => Promise<void>;
}

/** Does what a run was asked for, to its end. */
export async function work({ run, session, sessions, asked, raw }: Work): Promise<void> {
  run.begin();
  const special = own.get(asked.mode);
  if (special !== undefined) {
    run.end(await special(run, asked.options), "told to fail");
    return;
  }
  const mode: Mode | undefined = modes.get(asked.mode);
  let answer = "";
  const turn: Turn = {
    session,
    text: asked.text,
    options: asked.options,
    task_id: asked.task_id,
    cancelled: session.cancelling.signal,
    async update(update) {
      const told = genericOf(update);
      if (told !== undefined) run.generic(told);
    },
    async say(text) {
      answer += text;
      run.part(textPart(text));
    },
    askPermission: (title, withdrawn) => askPermission(run, title, withdrawn),
    askName: () => askName(run),
    raw,
  };
  const stopReason = await mode?.(turn);
  sessions.remember(session, { prompt: asked.text, answer });
  run.end(stopReason === "cancelled" ? "cancelled" : "completed");
}

function genericOf(update: SessionUpdate): JsonObject | undefined {
  if (update.sessionUpdate === "agent_thought_chunk" && update.content.type === "text")
    return { thought: update.content.text };
  if (update.sessionUpdate === "plan")
    return { plan: update.entries.map(({ content, priority, status }) => ({ content, priority, status })) };
  if (update.sessionUpdate === "tool_call") {
    const { toolCallId: tool_call_id, title, kind = "other", status = "pending" } = update;
    return { tool_call: { tool_call_id, title, kind, status } };
  }
  if (update.sessionUpdate === "tool_call_update")
    return { tool_call: { tool_call_id: update.toolCallId, status: update.status ?? "completed" } };
  if (update.sessionUpdate === "usage_update") return { usage: { size: update.size, used: update.used } };
  return undefined;
}

const never = new AbortController().signal;

async function ask(run: Run, prompt: string, details: object, withdrawn = never) {
  const about = { content_type: questionType, content: JSON.stringify(details) };
  return run.ask([textPart(prompt), about], withdrawn);
}

async function askPermission(run: Run, title: string, withdrawn?: AbortSignal): Promise<string> {
  const details = { kind: "permission", options: permissionOptions };
  const said = await ask(run, title, details, withdrawn);
  if (said === undefined) return "cancelled";
  const { option_id } = objectOf(said[0]?.content ?? "");
  const chosen = permissionOptions.find((option) => option.option_id === option_id);
  return chosen?.kind ?? (said[0]?.content === "yes" ? "allow_once" : "reject_once");
}

/** What a form asked for and got, or how it was refused. */
async function askName(run: Run): Promise<string> {
  const schema = {
    type: "object",
    properties: { name: { type: "string", title: "Name" } },
    required: ["name"],
  };
  const said = await ask(run, "What is the name?", { kind: "input", schema });
  if (said === undefined) return "cancel";
  const content = said[0]?.content ?? "";
  return content.startsWith("{") ? content : "decline";
}
