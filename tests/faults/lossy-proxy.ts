/** A link between two nodes that drops, delays, cuts and repeats what goes over it. */
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as elapsed } from "node:timers/promises";
import { rollsFrom } from "../integration/hostile-nodes.ts";

export interface LossyProxy extends AsyncDisposable {
  readonly url: string;
  /** What became of the requests so far. */
  readonly counts: {
    dropped: number;
    unanswered: number;
    cut: number;
    repeated: number;
    passed: number;
  };
}

/**
 * Opens a proxy in front of a node.
 * @param loss how many of the requests, from 0 to 1, get lost on one of the two ways
 */
export async function openLossyProxy(to: string, loss: number, seed = 7): Promise<LossyProxy> {
  const roll = rollsFrom(seed);
  const counts = { dropped: 0, unanswered: 0, cut: 0, repeated: 0, passed: 0 };
  const handle = async (req: IncomingMessage, res: ServerResponse) => {
    const chance = roll();
    if (chance < loss / 2) {
      counts.dropped++;
      req.socket.destroy();
      return;
    }
    const body = await bytesOf(req);
    if (roll() < 0.3) await elapsed(roll() * 20);
    const answer = await forward(to, req, body).catch(() => undefined); // the node may be away
    if (roll() < 0.1) {
      counts.repeated++;
      const twin = await forward(to, req, body).catch(() => undefined);
      twin?.destroy();
    }
    if (answer === undefined || chance < loss) {
      counts.unanswered++;
      answer?.destroy();
      req.socket.destroy();
      return;
    }
    res.writeHead(answer.statusCode ?? 502, answer.headers);
    if (roll() < loss && /event-stream/.test(answer.headers["content-type"] ?? "")) {
      counts.cut++;
      cutAfter(answer, res, 500 + Math.floor(roll() * 3000));
    } else {
      counts.passed++;
      answer.pipe(res);
      answer.on("error", () => res.destroy());
      res.on("close", () => answer.destroy());
    }
  };
  const server = createServer((req, res) => {
    handle(req, res).catch(() => req.socket.destroy());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    counts,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bytesOf(req: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of req) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function forward(to: string, req: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { method = "GET", headers } = req;
    const url = new URL(to + (req.url ?? "/"));
    const outgoing = request(url, { method, headers: { ...headers, host: url.host }, agent: false });
    outgoing.on("error", reject);
    outgoing.on("response", resolve);
    outgoing.end(body);
  });
}

/** Lets so many bytes through. */
function cutAfter(answer: IncomingMessage, res: ServerResponse, bytes: number): void {
  let left = bytes;
  const cut = () => {
    answer.destroy();
    res.destroy();
  };
  answer.on("error", cut);
  answer.on("data", (chunk: Buffer) => {
    if (left <= 0) return;
    left -= chunk.length;
    if (left > 0) res.write(chunk);
    else res.write(chunk.subarray(0, chunk.length + left), cut);
  });
  answer.on("end", () => res.end());
  res.on("close", () => answer.destroy());
}
