/** A secret of one node, whose agent can't keep it, and a task that another node gives it. */
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fixtureCommand } from "../programs.ts";
import { tellFigures } from "../soak/figures.ts";
import type { TestNode } from "../support.ts";
import { openRelayNodes } from "./relay-nodes.ts";

const secret = "canary-of-the-registry-5Yb2";
const anyToken = /alink_[\w-]{43}/;

/** A link that writes down all that goes over it. */
async function openListener(to: string) {
  const heard: Buffer[] = [];
  const { hostname, port } = new URL(to);
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const [from, into] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on("data", (bytes: Buffer) => heard.push(bytes));
      from.on("error", () => into.destroy());
      from.pipe(into);
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard: () => Buffer.concat(heard).toString("latin1"),
    [Symbol.dispose]: () => void server.close(),
  };
}

/** Every file of a data directory but those that are meant to hold a secret. */
const filesOf = (dataDir: string) =>
  readdirSync(dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "operator.token")
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
    .join("\n");

async function answersOf(node: TestNode, task_id: string): Promise<string> {
  const paths = [
    `/v1/tasks/${task_id}`,
    `/v1/tasks/${task_id}/events`,
    "/v1/targets?detail=true",
    "/v1/peers",
  ];
  const all = await Promise.all(paths.map((path) => node.call("GET", path)));
  return all.map(({ headers, body }) => JSON.stringify([[...headers], body])).join("\n");
}

test("a secret that a runtime prints and says in its errors doesn't reach the node that gave it the task", async () => {
  const leaky = { command: fixtureCommand("leaky"), env: { SECRET: secret } };
  await using nodes = await openRelayNodes({ leaky });
  using link = await openListener(nodes.build.url);
  await nodes.reach(link.url);
  const { task_id } = await nodes.desk.submit({ target_runtime: "build/leaky", payload: "text" });
  let task = await nodes.desk.task(task_id, 60);
  while (task.finished_at === null) task = await nodes.desk.task(task_id, 60);
  expect(task.last_error).toMatchObject({ reason: "remote_failed" });
  const { desk, build } = nodes;
  const places = {
    wire: link.heard(),
    answers: await answersOf(desk, task_id),
    log: [desk, build].map((node) => node.stderr() + node.stdout()).join("\n"),
    files: filesOf(desk.dataDir) + filesOf(build.dataDir),
  };
  expect(places.wire).toContain("/v1/node/tasks");
  for (const [place, text] of Object.entries(places)) {
    expect(text.length, place).toBeGreaterThan(0);
    expect(text.includes(secret), place).toBe(false);
    expect(anyToken.test(text), place).toBe(false);
  }
  tellFigures("G15", { placesAtPeers: Object.keys(places).length, foundAtPeers: 0 });
}, 60_000);
