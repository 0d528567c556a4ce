/** An API that runtimes speak to models: how a request is read in it, and a reply said. */
import type { Asked } from "./script.ts";

export interface ModelApi {
  /** What a request asks. */
  read(body: unknown): Asked;
  /** Whether the answer is to be streamed. */
  streams(path: string, body: unknown): boolean;
  /** The frames of an answer: some words of it, the call of a tool, and what closes it. */
  piece(text: string): object;
  call(tool: string, command: string): object;
  last(tokens: { readonly input: number; readonly output: number }): readonly object[];
  /** Behind the last frame. */
  readonly closing: string;
  /** An answer that isn't streamed. */
  whole(text: string, tokens: { readonly input: number; readonly output: number }): object;
  /** The body of an error. */
  failure(status: number): object;
}
