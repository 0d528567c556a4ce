/** `task-events` where nobody sits at a terminal: events as they happen, for as long as it takes. */
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import type { TaskEvent } from "#contracts/events.ts";
import { fakeCommand } from "../../programs.ts";
import { createHome, startNode } from "../../support.ts";
import { commandFor, watch } from "./command.ts";

it("task-events prints what has happened while its task still runs", async () => {
  using home = createHome({
    agent: { command: await fakeCommand(), more: { capabilities: ["test.run"] } },
  });
  await using node = await startNode(home);
  const { task_id } = await node.submit({ payload: { mode: "cancelled" } });
  const follower = commandFor(home.dataDir).start(["task-events", task_id]);
  await watch(follower.stdout).shows(/"kind":"task.running"/);
  expect((await node.task(task_id)).status).toBe("running");
  await node.call("POST", `/v1/tasks/${task_id}/cancel`);
  const { exitCode, stdout } = await follower;
  expect(exitCode).toBe(0);
  const kinds = stdout.split("\n").map((line) => (JSON.parse(line) as TaskEvent).kind);
  expect([kinds[0], kinds.at(-1)]).toEqual(["task.created", "task.cancelled"]);
});

/** A node that streams a task's events as a test gives them. */
async function streaming() {
  const asked: (string | undefined)[] = [];
  const opened = Promise.withResolvers<ServerResponse>();
  const server = createServer((req, res) => {
    asked.push(`${req.url} ${req.headers["last-event-id"] ?? "from the beginning"}`);
    res.writeHead(200, { "Content-Type": "text/event-stream" }).flushHeaders();
    opened.resolve(res);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    asked,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async tells(seq: number, kind: string) {
      const data = JSON.stringify({ seq, kind, data: {} });
      (await opened.promise).write(`id: ${seq}\nevent: task.event\ndata: ${data}\n\n`);
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

it("task-events goes on beyond 30 s, and beyond a minute, as long as something comes", async () => {
  using home = createHome({});
  await using node = await streaming();
  const clock = fileURLToPath(new URL("../../fixtures/preloads/hand-clock.mjs", import.meta.url));
  const env = { AETHROLINK_SERVER: node.url, NODE_OPTIONS: `--import=${clock}` };
  const task_id = "01KAT3Q4V5W6X7Y8Z9A0B1C2D3";
  const follower = commandFor(home.dataDir).start(["task-events", task_id], env);
  const [printed, said] = [watch(follower.stdout), watch(follower.stderr)];
  for (const [seq, passed] of [31, 62, 93].entries()) {
    await node.tells(seq + 1, "task.progress");
    await printed.shows(new RegExp(`"seq":${seq + 1},`));
    follower.kill("SIGUSR2");
    await said.shows(new RegExp(`${passed} s have passed`));
  }
  await node.tells(4, "task.completed");
  expect((await follower).exitCode).toBe(0);
  expect(printed.text().trim().split("\n")).toHaveLength(4);
  expect(node.asked).toEqual([`/v1/tasks/${task_id}/events from the beginning`]);
});
