/** A node among strangers: everything that isn't plainly allowed is refused, and has no effect. */
import { readdirSync, statSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TaskRecord } from "#contracts/tasks.ts";
import { fakeCommand } from "../programs.ts";
import { tellFigures } from "../soak/figures.ts";
import { createHome, eventOf, type Home, startNode, type TestNode } from "../support.ts";
import { hostileRequests, type Stage } from "./hostile-requests.ts";
import { bytesOf, exchange, type RawAnswer, type RawRequest, withBody } from "./raw-http.ts";

let home: Home;
let node: TestNode;
let stage: Stage;
let database: Database.Database;

function goodRequest(url: URL, token: string): RawRequest {
  const headers = [
    ["Host", url.host],
    ["Authorization", `Bearer ${token}`],
    ["Content-Type", "application/json"],
  ] as const;
  const body = JSON.stringify({ intent: "test.run", target_runtime: "agent", payload: "hello" });
  return withBody({ method: "POST", path: "/v1/tasks", headers, body: "" }, body);
}

beforeAll(async () => {
  home = createHome({ agent: { command: await fakeCommand(), more: { capabilities: ["test.run"] } } });
  node = await startNode(home);
  const large = await node.submit({ target_runtime: "agent", payload: "x".repeat(20_000) });
  await node.task(large.task_id, 20);
  const { task_id } = await node.submit({ target_runtime: "agent", payload: { mode: "silent" } });
  await eventOf(node, task_id, "task.running");
  const reader = await node.call<{ token: string }>("POST", "/v1/tokens", { role: "reader", name: "r" });
  const url = new URL(node.url);
  stage = {
    port: Number(url.port),
    token: node.token,
    reader: reader.body.token,
    task_id,
    artifact_id: large.payload_artifact_id ?? "",
    good: goodRequest(url, node.token),
  };
  database = new Database(join(home.dataDir, "aethrolink.db"), { readonly: true });
});

afterAll(async () => {
  database.close();
  await node[Symbol.asyncDispose]();
  home[Symbol.dispose]();
});

/** All that a request could have changed. */
function world(): unknown {
  const tables = database
    .prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .all()
    .map(({ name }) => [name, database.prepare(`SELECT count(*) AS rows FROM "${name}"`).get()]);
  const position = database.prepare("SELECT max(position) AS position FROM task_events").get();
  const tasks = database.prepare("SELECT task_id, status, last_seq FROM tasks ORDER BY task_id").all();
  return { tables, position, tasks, artifacts: readdirSync(join(home.dataDir, "artifacts")).sort() };
}

function isProblem({ status, headers, body }: RawAnswer): void {
  expect(headers.get("content-type")).toMatch(/^application\/problem\+json/);
  const problem = JSON.parse(body) as { status: number };
  expect(problem).toMatchObject({ status, code: expect.any(String), detail: expect.any(String) });
  expect(body).not.toContain(stage.token);
  expect(body).not.toMatch(/node_modules|\.ts:\d|\.mjs:\d|\\n\s+at /);
}

/** Sends the request that all the hostile ones are made of; gives the answer of its task. */
async function accepted(): Promise<string | undefined> {
  const { status, body } = await exchange(stage.port, bytesOf(stage.good));
  expect(status).toBe(202);
  const { task } = JSON.parse(body.slice(body.indexOf("{"), body.lastIndexOf("}") + 1)) as {
    task: TaskRecord;
  };
  return (await node.task(task.task_id, 20)).result?.text;
}

test("the request that all the hostile ones are made of is accepted", async () => {
  expect(await accepted()).toBe("echo: hello");
});

describe("a request is refused with a problem and without an effect:", () => {
  test.each(hostileRequests)("$name", async ({ statuses, bytes }) => {
    const before = world();
    const answer = await exchange(stage.port, bytes(stage));
    expect(statuses).toContain(answer.status);
    isProblem(answer);
    expect(world()).toEqual(before);
    expect((await node.call("GET", "/healthz")).status).toBe(200);
  });

  test("a head that comes too slowly", { timeout: 30_000 }, async () => {
    const before = world();
    const socket = connect(stage.port, "127.0.0.1");
    const drip = setInterval(() => socket.write("X-Slow: 1\r\n"), 500);
    socket.write(`POST /v1/tasks HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${stage.token}\r\n`);
    const parts: Buffer[] = [];
    socket.on("data", (part) => parts.push(part)).on("error", () => {});
    await new Promise((resolve) => socket.once("close", resolve));
    clearInterval(drip);
    expect(Buffer.concat(parts).toString()).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(world()).toEqual(before);
  });
});

describe("a node's own files", () => {
  const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

  test("are its owner's alone", () => {
    expect(modeOf(home.dataDir)).toBe("700");
    const modes = Object.fromEntries(
      readdirSync(home.dataDir).map((name) => [name, modeOf(join(home.dataDir, name))]),
    );
    for (const [name, mode] of Object.entries(modes)) expect([name, mode.slice(1)]).toEqual([name, "00"]);
    expect(modes).toMatchObject({ "operator.token": "600", "aethrolink.db": "600", artifacts: "700" });
    expect(modeOf(join(home.dataDir, "artifacts", stage.artifact_id))).toBe("600");
  });
});

test("the request that they are made of is still accepted after all of them", async () => {
  expect(await accepted()).toBe("echo: hello");
  const hostile = hostileRequests.length + 1;
  tellFigures("G14", { hostile, effects: 0 });
  console.log(`${hostile} hostile requests refused`);
});
