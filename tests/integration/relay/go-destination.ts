/** A node of AethroLink's Go implementation, played from data: what it answers and tells, and what it refuses. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Json, JsonObject } from "#src/core/ports.ts";

/** What is known of a body: names, and the names within. */
interface Known {
  readonly [name: string]: true | Known;
}

export type Call = "submit" | "resume" | "cancel";

/** A frame; or a word: all of the start, wait for a call, break off, stay. */
type Told = "<start>" | "<resume>" | "<cancel>" | "<cut>" | "<forever>" | JsonObject;

export interface GoScene {
  readonly name: string;
  readonly submit?: { readonly status: number; readonly answer: object };
  readonly resume?: "<cut>";
  /** One after the other, for each time that events are asked for. */
  readonly streams: readonly (readonly Told[])[];
  readonly answers?: readonly {
    readonly prompt: string;
    readonly payload: Json;
    readonly refused?: string;
  }[];
  readonly cancels?: boolean;
  readonly wanted: JsonObject;
  readonly requests: { readonly [call in Call]?: number };
  /** How many of its events are in the list. */
  readonly taken: number;
}

export interface GoDestination {
  readonly known: { readonly [call in Call]: Known };
  readonly health: object;
  readonly targets: object;
  readonly start: readonly JsonObject[];
  readonly scenes: readonly GoScene[];
}

/** The first name of a body that isn't known, at any depth. */
function unknownIn(body: JsonObject, known: Known): string | undefined {
  for (const [name, value] of Object.entries(body)) {
    const inner = known[name];
    if (inner === undefined) return name;
    const deeper = inner === true ? undefined : unknownIn(value as JsonObject, inner);
    if (deeper !== undefined) return deeper;
  }
  return undefined;
}

const json = (res: ServerResponse, status: number, body: object) =>
  res.writeHead(status, { "content-type": "application/json" }).end(`${JSON.stringify(body)}\n`);

/** As exactly as Go writes its times. */
const time = "2026-11-23T09:00:00.123456789Z";

const place = (proxy: string) => ({
  origin_proxy_task_id: proxy,
  destination_node_id: "local-node",
  destination_task_id: "01GO",
});

/** Tells frames until it waits, breaks off or stays. */
async function stream(
  res: ServerResponse,
  proxy: string,
  told: readonly Told[],
  called: (call: Call, times: number) => Promise<void>,
) {
  res.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  res.flushHeaders();
  let seq = 0;
  const waited = { resume: 0, cancel: 0 };
  for (const each of told) {
    if (each === "<cut>") return res.destroy();
    if (each === "<forever>") return res;
    if (typeof each === "string") {
      const call = each === "<resume>" ? "resume" : "cancel";
      await called(call, ++waited[call]);
      continue;
    }
    const frame = { ...place(proxy), seq: ++seq, ...each, occurred_at: time };
    res.write(`event: task.event\nid: ${frame.seq}\ndata: ${JSON.stringify(frame)}\n\n`);
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  return res.end();
}

/** Serves a scene at a free port. */
export async function playGoNode({ known, health, targets, start }: GoDestination, scene: GoScene) {
  const calls: { readonly call: Call; readonly body: JsonObject }[] = [];
  const refused: string[] = [];
  const waiting = new Set<() => void>();
  const count = (call: Call) => calls.filter((each) => each.call === call).length;
  const called = (call: Call, times: number) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (count(call) < times) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  let streams = 0;

  const tell = (res: ServerResponse, proxy: string) => {
    const told = scene.streams[Math.min(streams++, scene.streams.length - 1)] ?? [];
    const all = told.flatMap((one): readonly Told[] => (one === "<start>" ? start : [one]));
    return stream(res, proxy, all, called);
  };

  function take(res: ServerResponse, call: Call, text: string) {
    const body = JSON.parse(text) as JsonObject;
    calls.push({ call, body });
    const unknown = unknownIn(body, known[call]);
    if (unknown !== undefined) {
      refused.push(unknown);
      const message = `json: unknown field "${unknown}"`;
      return json(res, 400, {
        message_type: `task.${call}`,
        code: "invalid_json",
        message,
        retryable: false,
      });
    }
    for (const look of [...waiting]) look();
    if (call === "resume" && scene.resume === "<cut>") return res.destroy();
    if (call !== "submit") return json(res, 202, { task_id: "01GO", status: "awaiting_input" });
    if (scene.submit !== undefined) return json(res, scene.submit.status, scene.submit.answer);
    return json(res, 202, { ...place(String(body.origin_proxy_task_id)), accepted_at: time });
  }

  const server = createServer((req, res) => {
    const parts: Buffer[] = [];
    req.on("data", (part: Buffer) => parts.push(part));
    req.on("end", () => {
      const { pathname, searchParams } = new URL(req.url ?? "/", "http://go");
      const call = /^\/v1\/node\/tasks(?:\/01GO\/(resume|cancel))?$/.exec(pathname);
      if (pathname === "/v1/node/health") json(res, 200, health);
      else if (pathname === "/v1/targets") json(res, 200, targets);
      else if (call !== null)
        take(res, (call[1] as Call | undefined) ?? "submit", Buffer.concat(parts).toString());
      else void tell(res, searchParams.get("origin_proxy_task_id") ?? "");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    count,
    /** Names that it did not know. */
    refused,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
