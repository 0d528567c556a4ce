/**
 * A fetch on node:http. The built-in one costs some 90 ms at its first use, which is longer than all
 * else that a command does.
 */
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { Readable } from "node:stream";

/**
 * As much of fetch as the client needs: text bodies, streamed answers, an abort signal. What no node
 * sends is no answer: any web page would else pass for an accepted task.
 */
export const nodeFetch: typeof fetch = (input, init = {}) => {
  const url = new URL(String(input));
  const ask = url.protocol === "https:" ? httpsRequest : httpRequest;
  const { method = "GET", body, signal } = init;
  const headers = Object.fromEntries(new Headers(init.headers));
  return new Promise((resolve, reject) => {
    const outgoing = ask(url, { method, headers, ...(signal ? { signal } : {}) }, (incoming) => {
      const status = incoming.statusCode ?? 0;
      const strange = strangenessOf(url, status, incoming.headers["content-type"]);
      if (strange !== undefined) {
        incoming.destroy();
        reject(new Error(`what listens there is no node: it ${strange}`));
        return;
      }
      const hasBody = status !== 204 && status !== 304;
      if (!hasBody) incoming.resume();
      const answer = new Response(hasBody ? (Readable.toWeb(incoming) as ReadableStream) : null, {
        status,
        headers: incoming.rawHeaders.reduce<[string, string][]>(pair, []),
      });
      resolve(answer);
    });
    outgoing.on("error", reject);
    outgoing.end(typeof body === "string" ? body : undefined);
  });
};

/** What tells an answer from those of a node. Nobody is followed elsewhere: the token is for this address. */
function strangenessOf(url: URL, status: number, type: string | undefined): string | undefined {
  if (status >= 300 && status < 400 && status !== 304) return `answers ${status}`;
  const isFree = status >= 400 || status === 204 || status === 304 || url.pathname.includes("/artifacts/");
  if (isFree || /[/+]json\b|^text\/event-stream/.test(type ?? "")) return undefined;
  return `sends ${type ?? "something that it doesn't name"}`;
}

/** Names and values come one after the other. */
function pair(pairs: [string, string][], text: string, index: number): [string, string][] {
  const last = pairs.at(-1);
  if (index % 2 === 0) pairs.push([text, ""]);
  else if (last !== undefined) last[1] = text;
  return pairs;
}
