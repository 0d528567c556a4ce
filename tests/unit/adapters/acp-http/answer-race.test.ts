/** An answer that is given while the node is just asking how its run stands. */
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "#src/core/ports.ts";
import { externalTarget, openHttpAdapter } from "../../../comm-agent.ts";
import { createFakeClock } from "../../../fake-clock.ts";
import { patient, signalsOf, taskOf } from "../../../launching.ts";

const asked: JsonObject[] = [
  { type: "run.created", run: { run_id: "run-1", status: "created" } },
  { type: "run.in-progress", run: { run_id: "run-1", status: "in-progress" } },
  { type: "run.awaiting", run: { run_id: "run-1", status: "awaiting" } },
];
const said: JsonObject[] = [
  { type: "run.in-progress", run: { run_id: "run-1", status: "in-progress" } },
  { type: "message.part", part: { content_type: "text/plain", content: "once" } },
];
const parts = [{ content_type: "text/plain", content: "once" }];
const end = { type: "run.completed", run: { run_id: "run-1", status: "completed", output: [{ parts }] } };

const json = (res: ServerResponse, body: object, status = 200) =>
  res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));

/**
 * A server whose run asks. What it says of the run after it was answered comes late: to whoever asked
 * before, when it was answered; the answer's own stream goes on when that was said.
 */
async function slowServer(lists: boolean) {
  const looks: ServerResponse[] = [];
  const looked = Promise.withResolvers<void>();
  const server = createServer((req, res) => {
    const call = `${req.method} ${req.url}`;
    if (call === "POST /runs/run-1") answered(res);
    else if (call === "GET /runs/run-1/events" && !lists) json(res, { code: "not_found" }, 404);
    else if (call === (lists ? "GET /runs/run-1/events" : "GET /runs/run-1") && looks.length === 0) {
      looks.push(res);
      looked.resolve();
    } else if (call === "GET /runs/run-1") json(res, { run_id: "run-1", status: "awaiting" });
    else json(res, { code: "not_found" }, 404);
  }).listen(0, "127.0.0.1");
  const answered = (res: ServerResponse) => {
    const [late] = looks;
    res.writeHead(200, { "content-type": "text/event-stream" });
    for (const event of said) res.write(`data: ${JSON.stringify(event)}\n\n`);
    late?.once("close", () => res.end(`data: ${JSON.stringify(end)}\n\n`));
    if (late === undefined) return;
    late.setHeader("connection", "close");
    if (lists) json(late, { events: [...asked, ...said] });
    else json(late, { run_id: "run-1", status: "in-progress", output: [{ parts }] });
  };
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    looked: looked.promise,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

describe.each([
  ["lists its events", true],
  ["lists nothing", false],
])("a run that asks, of a server that %s", (_, lists) => {
  test("says each thing once when it is answered while the node asks how it stands", async () => {
    await using server = await slowServer(lists);
    await using http = openHttpAdapter();
    const adapter_state = {
      run_id: "run-1",
      session_id: "11111111-1111-4111-8111-111111111111",
      endpoint: server.url,
      taken: { events: asked.length, said: 0, made: 0 },
    };
    const left = { adapter_state, said: "", awaiting: [{ request_id: "q", leftMs: 60_000 }] };
    const run = http.adapter.attach?.({ task: taskOf("go"), ...left }, externalTarget(server.url), patient);
    if (run === undefined) throw new Error("it was not attached");
    await server.looked;
    await run.resume?.("q", { kind: "content", content: { text: "yes" } });
    const signals = await signalsOf(run);
    expect(signals.map(({ kind }) => kind)).toEqual(["resumed", "progress", "completed"]);
    expect(signals.at(-1)).toMatchObject({ result: { text: "once" } });
  });
});

test("a question of an earlier life whose time is over waits with its no until the server is back", async () => {
  const clock = createFakeClock();
  let away = true;
  let status = "awaiting_input";
  const refused: string[] = [];
  const server = createServer((req, res) => {
    if (away) return res.destroy();
    if (req.method === "POST") {
      refused.push(String(req.url));
      status = "completed";
      return json(res, { run_id: "run-1", status: "running" }, 202);
    }
    return json(res, req.url === "/runs/run-1" ? { run_id: "run-1", status, output: [{ parts }] } : {}, 200);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  await using http = openHttpAdapter({ clock });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const taken = { events: 0, said: 0, made: 0 };
  const session_id = "11111111-1111-4111-8111-111111111111";
  const run = http.adapter.attach?.(
    {
      task: taskOf("go"),
      adapter_state: { run_id: "run-1", session_id, endpoint, taken },
      said: "",
      awaiting: [{ request_id: "q", leftMs: -1000 }],
    },
    externalTarget(endpoint, { dialect: "aethrolink" }),
    patient,
  );
  if (run === undefined) throw new Error("it was not attached");
  const heard = signalsOf(run);
  let ended = false;
  void heard.then(() => {
    ended = true;
  });
  const pass = async (holds: () => boolean) => {
    for (let n = 0; n < 2000 && !holds(); n++) {
      clock.advance(100);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const start = clock.now();
  await pass(() => ended || clock.now() - start > 60_000);
  expect(ended).toBe(false);
  away = false;
  await pass(() => ended);
  server.closeAllConnections();
  server.close();
  expect(refused).toEqual(["/runs/run-1/resume"]);
  expect((await heard).map(({ kind }) => kind).at(-1)).toBe("completed");
});
