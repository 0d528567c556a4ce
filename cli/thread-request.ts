/** A turn of a thread, out of flags. */
import type { ThreadContinueRequest } from "@aethrolink/client";
import { expandHome } from "./connection.ts";
import { type PayloadFlags, payloadOf } from "./payload.ts";
import { UsageError } from "./usage-error.ts";
import { durationMs, optionsOf } from "./values.ts";

interface ContinueFlags extends PayloadFlags {
  readonly sender?: string | undefined;
  readonly "target-agent-id"?: string | undefined;
  readonly intent?: string | undefined;
  readonly "intent-for"?: readonly string[] | undefined;
  readonly "payload-for"?: readonly string[] | undefined;
  readonly option?: readonly string[] | undefined;
  readonly cwd?: string | undefined;
  readonly "conversation-id"?: string | undefined;
  readonly timeout?: string | undefined;
  readonly auto?: boolean;
  readonly "max-turns"?: number | undefined;
  readonly "stop-on-awaiting-input"?: boolean;
  readonly "stop-on-same-actor-repeat"?: boolean;
  readonly "stop-on-terminal-error"?: boolean;
}

type Payload = ThreadContinueRequest["payload"];

/**
 * What the flags of `thread-continue` ask for.
 * @throws UsageError
 */
export async function continueRequestOf(flags: ContinueFlags): Promise<ThreadContinueRequest> {
  const { cwd, timeout } = flags;
  const payloads = optionsOf(flags["payload-for"] ?? []);
  const maxTurns = flags["max-turns"];
  if (maxTurns !== undefined && flags.auto !== true)
    throw new UsageError("--max-turns is about turns that follow by themselves; add --auto");
  if (flags.intent === undefined && flags["intent-for"] === undefined)
    throw new UsageError("say what is wanted, with --intent or --intent-for");
  return given({
    sender: flags.sender,
    target_agent_id: flags["target-agent-id"],
    intent: flags.intent,
    intent_by_agent: pairsOf(flags["intent-for"]),
    payload: (await saidBy(flags, Object.keys(payloads).length > 0)) as Payload,
    payload_by_agent: flags["payload-for"] && (spoken(payloads) as { [agent_id: string]: never }),
    runtime_options: {
      ...optionsOf(flags.option ?? []),
      ...(cwd === undefined ? {} : { cwd: expandHome(cwd) }),
    },
    conversation_id: flags["conversation-id"],
    delivery: timeout === undefined ? undefined : { timeout_ms: durationMs(timeout) },
    auto_continue: flags.auto,
    max_turns: maxTurns,
    stop_on_awaiting_input: flags["stop-on-awaiting-input"],
    stop_on_same_actor_repeat: flags["stop-on-same-actor-repeat"],
    stop_on_terminal_error: flags["stop-on-terminal-error"],
  });
}

/** Without the fields that nobody gave. */
const given = (request: { [Name in keyof ThreadContinueRequest]: ThreadContinueRequest[Name] | undefined }) =>
  Object.fromEntries(
    Object.entries(request).filter(([, value]) => value !== undefined),
  ) as ThreadContinueRequest;

/** @param optional whether something else says it */
async function saidBy(flags: PayloadFlags, optional: boolean): Promise<unknown> {
  const said = [flags.text, flags["text-file"], flags.payload].some((value) => value !== undefined);
  return !said && optional ? undefined : payloadOf(flags);
}

/** A plain text is said as an agent gets it. */
const spoken = (payloads: { readonly [agent_id: string]: unknown }) =>
  Object.fromEntries(
    Object.entries(payloads).map(([id, value]) => [id, typeof value === "string" ? { text: value } : value]),
  );

function pairsOf(pairs: readonly string[] | undefined): { [agent_id: string]: string } | undefined {
  if (pairs === undefined) return undefined;
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1)
        throw new UsageError(`${JSON.stringify(pair)} is no intent of one; write it as name=intent`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}
