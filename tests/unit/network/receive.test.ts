import { expect, it } from "vitest";
import type { NetworkEnvelope, RequestBody } from "#src/core/network-ports.ts";
import { createReceiver } from "#src/network/receive.ts";

it("a task that isn't believed is refused in the form of the node protocol, whatever carries it", async () => {
  const reasons: string[] = [];
  const receive = createReceiver({
    nodeId: "did:key:z6MkHere",
    verify: async () => "its sender is not a peer",
    sign: async () => null,
    answer: () => Promise.reject(new Error("it was answered")),
    allowUnsigned: false,
    refused: (reason) => void reasons.push(reason),
    heard: () => reasons.push("it was heard"),
  });
  const envelope: NetworkEnvelope<RequestBody> = {
    envelope_id: "1",
    conversation_id: null,
    task_id: null,
    sender_node: "did:key:z6MkThere",
    recipient_node: "did:key:z6MkHere",
    message_type: "task.submit",
    body: { kind: "request", method: "POST", path: "/v1/node/tasks", content: {} },
    created_at: "2026-11-23T09:00:00.000Z",
    signature: "ey",
  };
  const answers = [];
  for await (const { body } of receive(envelope, new AbortController().signal)) answers.push(body);
  expect(answers).toMatchObject([
    { status: 401, content: { message_type: "error", code: "unauthorized", retryable: false } },
  ]);
  expect(reasons).toEqual(["its sender is not a peer"]);
});
