/** A task, out of flags. */
import type { TaskCreateRequest } from "@aethrolink/client";
import { expandHome } from "./connection.ts";
import { type PayloadFlags, payloadOf } from "./payload.ts";
import { senderOf } from "./sender.ts";
import { durationMs, optionsOf } from "./values.ts";

interface RequestFlags extends PayloadFlags {
  readonly intent: string;
  readonly target?: string | undefined;
  readonly option?: readonly string[] | undefined;
  readonly cwd?: string | undefined;
  readonly "thread-id"?: string | undefined;
  readonly "conversation-id"?: string | undefined;
  readonly parent?: string | undefined;
  readonly "agent-id"?: string | undefined;
  readonly "state-file"?: string | undefined;
  readonly timeout?: string | undefined;
  readonly "when-offline"?: "fail" | "queue" | undefined;
  readonly sync?: boolean;
}

/**
 * What the flags of `call` ask for.
 * @throws UsageError
 */
export async function requestOf(flags: RequestFlags): Promise<TaskCreateRequest> {
  const { target, cwd, timeout, "agent-id": agentId, "state-file": stateFile } = flags;
  const conversation_id = flags["conversation-id"];
  const thread_id = flags["thread-id"];
  const sender = senderOf({ agentId, stateFile, env: process.env });
  return {
    intent: flags.intent,
    payload: (await payloadOf(flags)) as TaskCreateRequest["payload"],
    ...(sender === undefined ? {} : { sender }),
    ...(target === undefined ? {} : { target_runtime: target }),
    ...(thread_id === undefined ? {} : { thread_id }),
    ...(conversation_id === undefined ? {} : { conversation_id }),
    ...(flags.parent === undefined ? {} : { trace: { parent_task_id: flags.parent } }),
    runtime_options: {
      ...optionsOf(flags.option ?? []),
      ...(cwd === undefined ? {} : { cwd: expandHome(cwd) }),
    },
    delivery: {
      ...(flags.sync ? { mode: "sync" as const } : {}),
      ...(timeout === undefined ? {} : { timeout_ms: durationMs(timeout) }),
      ...(flags["when-offline"] === undefined ? {} : { when_offline: flags["when-offline"] }),
    },
  };
}
