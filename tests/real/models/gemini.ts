/** Gemini's generateContent. */
import { z } from "zod";
import type { ModelApi } from "./api.ts";

const Part = z.looseObject({
  text: z.string().optional(),
  functionResponse: z.looseObject({ response: z.json() }).optional(),
});
const GenerateRequest = z.looseObject({
  contents: z.array(z.looseObject({ role: z.string(), parts: z.array(Part) })),
  tools: z
    .array(z.looseObject({ functionDeclarations: z.array(z.looseObject({ name: z.string() })).default([]) }))
    .default([]),
});
type GenerateRequest = z.output<typeof GenerateRequest>;

export const gemini: ModelApi = {
  read(body) {
    const { contents, tools } = GenerateRequest.parse(body);
    const result = contents.at(-1)?.parts.find(({ functionResponse }) => functionResponse !== undefined);
    return {
      users: contents.flatMap((content) => (content.role === "user" ? saidIn(content) : [])),
      toolResult: result === undefined ? undefined : JSON.stringify(result.functionResponse?.response),
      tools: tools.flatMap(({ functionDeclarations }) => functionDeclarations.map(({ name }) => name)),
      aside: tools.length === 0,
    };
  },
  streams: (path) => path.includes(":streamGenerateContent"),
  piece: (text) => ({ candidates: [{ index: 0, content: { role: "model", parts: [{ text }] } }] }),
  call: (name, command) => ({
    candidates: [
      {
        index: 0,
        content: { role: "model", parts: [{ functionCall: { name, args: { command } } }] },
        finishReason: "STOP",
      },
    ],
  }),
  last: (tokens) => [
    {
      candidates: [{ index: 0, content: { role: "model", parts: [{ text: "" }] }, finishReason: "STOP" }],
      usageMetadata: usageOf(tokens),
    },
  ],
  closing: "",
  whole: (text, tokens) => ({
    candidates: [{ index: 0, content: { role: "model", parts: [{ text }] }, finishReason: "STOP" }],
    usageMetadata: usageOf(tokens),
  }),
  failure: (status) => ({ error: { code: status, message: "the model has failed", status: "INTERNAL" } }),
};

const usageOf = ({ input, output }: { readonly input: number; readonly output: number }) => ({
  promptTokenCount: input,
  candidatesTokenCount: output,
  totalTokenCount: input + output,
});

/** The CLI's own words about the session come in a part of their own; what nobody answered is joined as parts. */
function saidIn({ parts }: GenerateRequest["contents"][number]): string[] {
  return parts.flatMap(({ text }) =>
    text === undefined || text.startsWith("<session_context>") ? [] : text.split("\n\n"),
  );
}
