/** OpenAI's chat completions. */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { ModelApi } from "./api.ts";

const Content = z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() })), z.null()]);
const ChatRequest = z.looseObject({
  messages: z.array(z.looseObject({ role: z.string(), content: Content.optional() })),
  tools: z.array(z.looseObject({ function: z.looseObject({ name: z.string() }) })).default([]),
  stream: z.boolean().default(false),
});
type ChatRequest = z.output<typeof ChatRequest>;

export const openai: ModelApi = {
  read(body) {
    const chat = ChatRequest.parse(body);
    const messages = chat.messages.flatMap(asSaid);
    const latest = messages.findLastIndex(({ role }) => role === "user");
    return {
      // Hermes joins what the user said while nobody answered.
      users: messages.flatMap(({ role, text }) => (role === "user" ? text.split("\n\n") : [])),
      toolResult: messages.slice(latest).findLast(({ role }) => role === "tool")?.text,
      tools: chat.tools.map(({ function: { name } }) => name),
      aside: messages.some(
        ({ role, text }) => role === "system" && /\btitle\b/.test(text) && text.length < 1000,
      ),
    };
  },
  streams: (_path, body) => ChatRequest.parse(body).stream,
  piece: (content) => frame([{ index: 0, delta: { role: "assistant", content }, finish_reason: null }]),
  call(name, command) {
    const tool_calls = [
      {
        index: 0,
        id: `call_${randomUUID()}`,
        type: "function",
        function: { name, arguments: JSON.stringify({ command }) },
      },
    ];
    return frame([
      { index: 0, delta: { role: "assistant", content: null, tool_calls }, finish_reason: "tool_calls" },
    ]);
  },
  last: (tokens) => [
    frame([{ index: 0, delta: {}, finish_reason: "stop" }]),
    { ...frame([]), usage: usageOf(tokens) },
  ],
  closing: "data: [DONE]\n\n",
  whole: (content, tokens) => ({
    ...head("chat.completion"),
    choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
    usage: usageOf(tokens),
  }),
  failure: (status) => ({ error: { message: "the model has failed", type: "error", code: status } }),
};

const head = (object: string) => ({ id: "chatcmpl-1", object, created: 1, model: "fake-model" });

const frame = (choices: readonly object[]) => ({ ...head("chat.completion.chunk"), choices });

const usageOf = ({ input, output }: { readonly input: number; readonly output: number }) => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
});

/** A message as it was said: without what OpenClaw puts before it, behind it, and between. */
function asSaid({ role, content }: ChatRequest["messages"][number]): { role: string; text: string }[] {
  const text =
    typeof content === "string" ? content : (content ?? []).map((part) => part.text ?? "").join("");
  if (role !== "user") return [{ role, text }];
  if (text.startsWith("<<<BEGIN_OPENCLAW_INTERNAL_CONTEXT>>>")) return [];
  return [
    { role, text: text.replace(/^(?:\[[^\]\n]*\]\s*)+/, "").replace(/\n\nRuntime: agent=[^\n]*$/, "") },
  ];
}
