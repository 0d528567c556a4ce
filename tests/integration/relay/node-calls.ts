/** The task calls of a node, as another node makes them over HTTP. */
import type { MessageType } from "#contracts/enums.ts";
import type { IdentityProvider, MessageClaims } from "#src/core/network-ports.ts";
import type { OpenServer } from "../../open-server.ts";
import { signed } from "../../signing.ts";

export interface Asked {
  readonly message_type: MessageType;
  readonly method?: "GET" | "POST";
  readonly path: string;
  readonly body?: object;
  readonly headers?: { readonly [name: string]: string };
  readonly claims?: Partial<MessageClaims>;
}

/** A request with the headers that a key signs. */
export function signedAs(
  server: OpenServer,
  by: IdentityProvider,
  { method = "POST", body, claims, ...asked }: Asked,
) {
  const text = body === undefined ? "" : JSON.stringify(body);
  const { nodeId: to } = server.node.engine.network;
  const nowMs = server.node.clock.now();
  return signed({ by, to, method, nowMs, ...asked, ...(text === "" ? {} : { body: text }) }, claims);
}

/** Asks as a node. */
export async function askAs(server: OpenServer, by: IdentityProvider, asked: Asked) {
  const { method = "POST", path, body } = asked;
  const headers = await signedAs(server, by, asked);
  const text = body === undefined ? undefined : JSON.stringify(body);
  return server.call(method, path, text, { authorization: null, ...headers });
}

let made = 0;

/** A task as a node gives it. */
export const submitOf = (by: Pick<IdentityProvider, "nodeId">, changes: object = {}) => ({
  origin_node_id: by.nodeId,
  origin_proxy_task_id: `proxy-${++made}`,
  target_agent_id: "build",
  intent: "test.run",
  payload: { mode: "await_then_resume" },
  trace: { trace_id: "t" },
  submitted_at: "2026-11-23T09:00:00.123456789Z",
  ...changes,
});

/** Gives a task as a node. */
export const submitAs = (
  server: OpenServer,
  by: IdentityProvider,
  body: object,
  claims?: Partial<MessageClaims>,
) =>
  askAs(server, by, {
    message_type: "task.submit",
    path: "/v1/node/tasks",
    body,
    ...(claims === undefined ? {} : { claims }),
  });

/** What an answer or a cancel is said with. */
export const steering = (
  by: Pick<IdentityProvider, "nodeId">,
  id: string,
  proxy: string,
  more: object = {},
) => ({
  origin_node_id: by.nodeId,
  origin_proxy_task_id: proxy,
  destination_task_id: id,
  trace: { trace_id: "t" },
  requested_at: "2026-11-23T09:00:00Z",
  ...more,
});
