/** What the events of a run mean. Pure: the recordings of real servers are replayed against it. */
import type { Json, JsonObject, Progress } from "#src/core/ports.ts";
import { isJsonObject } from "#src/core/prompt-text.ts";
import { type Dialect, stateOf } from "./dialects.ts";
import { objectIn, objectsIn, parsed, textIn } from "./json.ts";

/** What an event means; each event is one step at most, so that it can be counted. */
export type Step =
  /** A piece of the answer; `data`: it was JSON. */
  | { readonly kind: "said"; readonly text: string; readonly data?: Json }
  | { readonly kind: "progress"; readonly data: Progress }
  | {
      readonly kind: "artifact";
      readonly name: string;
      readonly media_type: string;
      readonly bytes: Uint8Array;
    }
  /** `request`: what is asked, in the server's words. */
  | { readonly kind: "awaiting"; readonly request: JsonObject }
  | { readonly kind: "working" }
  | { readonly kind: "ended"; readonly run: JsonObject };

/** Reads an event of a run. */
export function stepOf(event: JsonObject, dialect: Dialect): Step | undefined {
  const { type } = event;
  if (type === "message.part") return stepOfPart(objectIn(event.part));
  if (type === "generic") return { kind: "progress", data: progressOf(objectIn(event.generic)) };
  if (typeof type === "string" && type.startsWith("run.")) return stepOfRun(objectIn(event.run), dialect);
  return undefined;
}

/** Reads where a run stands. */
export function stepOfRun(run: JsonObject, dialect: Dialect): Step {
  const state = stateOf(dialect, run);
  if (state === "working") return { kind: "working" };
  if (state === "awaiting") return { kind: "awaiting", request: objectIn(run.await_request) };
  return { kind: "ended", run };
}

/** Reads a part of a message: text is said, what has a name or isn't text is an artifact. */
export function stepOfPart(part: JsonObject): Step | undefined {
  const { content } = part;
  const name = textIn(part, "name");
  const type = textIn(part, "content_type") ?? "text/plain";
  if (typeof content !== "string") {
    const url = textIn(part, "content_url");
    return url === undefined ? undefined : logOf(`${name ?? "a part of the answer"} is at ${url}`);
  }
  const encoded = part.content_encoding === "base64";
  if (name === undefined && !encoded && isText(type)) return saidOf(type, content);
  const bytes = Buffer.from(content, encoded ? "base64" : "utf8");
  return { kind: "artifact", name: (name ?? "part").slice(0, 255), media_type: mediaTypeOf(type), bytes };
}

const isText = (type: string) => type.startsWith("text/") || type.startsWith("application/json");

/** A media type without its parameters, which artifacts have none of. */
function mediaTypeOf(type: string): string {
  const [named = ""] = type.split(";", 1);
  const plain = named.trim();
  return /^[\w.+-]{1,64}\/[\w.+-]{1,64}$/.test(plain) ? plain : "application/octet-stream";
}

const logOf = (text: string): Step => ({ kind: "progress", data: { type: "log", text } });

function saidOf(type: string, content: string): Step {
  const data = type.startsWith("application/json") ? parsed(content) : undefined;
  return data === undefined ? { kind: "said", text: content } : { kind: "said", text: content, data };
}

/** An event of an agent's own kind; `thought` is what the protocol's examples use. */
function progressOf(generic: JsonObject): Progress {
  const { thought, tool_call, plan, usage } = generic;
  if (typeof thought === "string") return { type: "thought", text: thought };
  if (isJsonObject(tool_call)) return toolCallOf(tool_call);
  if (Array.isArray(plan)) return { type: "plan", entries: plan };
  if (isJsonObject(usage)) return { type: "usage", usage };
  const { message } = generic;
  return { type: "log", text: typeof message === "string" ? message : JSON.stringify(generic) };
}

function toolCallOf(call: JsonObject): Progress {
  const named = ["title", "kind", "status"].flatMap((name) => {
    const text = textIn(call, name);
    return text === undefined ? [] : [[name, text] as const];
  });
  const tool_call_id = textIn(call, "tool_call_id", "id") ?? "";
  return { type: "tool_call", tool_call_id, ...Object.fromEntries(named) };
}

/** The parts of a run's answer, as far as it has come. */
export function partsOf(run: JsonObject): JsonObject[] {
  const { result } = run;
  const inOutput = objectsIn(run.output).flatMap((message) => objectsIn(message.parts));
  if (inOutput.length > 0 || result === undefined || result === null) return inOutput;
  const text = textIn(objectIn(result), "text");
  if (text !== undefined) return [{ content: text }];
  return [{ content: JSON.stringify(result), content_type: "application/json" }];
}

/** What a run's answer says as a whole. */
export function answerOf(run: JsonObject): { readonly text: string; readonly data?: Json } {
  let text = "";
  let data: Json | undefined;
  for (const part of partsOf(run)) {
    const step = stepOfPart(part);
    if (step?.kind !== "said") continue;
    text += step.text;
    if (step.data !== undefined) data = step.data;
  }
  return data === undefined ? { text } : { text, data };
}

/** Why a run has failed, in the server's words. */
export function errorOf({ error, reason }: JsonObject): string {
  const { message, code } = objectIn(error);
  const said = [message, reason, error].find((each) => typeof each === "string" && each !== "");
  if (typeof said !== "string") return "the run failed, and its server does not say why";
  return typeof code === "string" && said === message ? `${said} (${code})` : said;
}

/** What an answer says that refuses a call; without the secrets that the call had. */
export function refusalOf(
  { status, json }: { readonly status: number; readonly json: Json | undefined },
  mask: (text: string) => string,
): string {
  const { code, message, error, detail } = objectIn(json);
  const said = [message, error, detail].find((each) => typeof each === "string" && each !== "");
  const words = typeof said === "string" ? said.split("\n\n  File ")[0] : undefined;
  const named = typeof code === "string" ? `${status} ${code}` : String(status);
  // Masked before it is cut: a cut secret is no longer known.
  return words === undefined ? mask(named) : `${mask(named)}: ${mask(words).slice(0, 1000)}`;
}
