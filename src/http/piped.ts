/** Answers that write themselves. */
import { Stream } from "node:stream";
import type { Response } from "express";

/**
 * The body of an answer that is no JSON value: ts-rest hands such a body the response, with its status
 * set, instead of sending it.
 * @param write sends head and body, and ends the response
 */
export function piped<Body>(write: (res: Response) => void): Body {
  const body = Object.assign(new Stream(), {
    pipe<T>(res: T): T {
      write(res as T & Response);
      return res;
    },
  });
  return body as unknown as Body;
}
