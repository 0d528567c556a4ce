import { once } from "node:events";
import { IncomingMessage, ServerResponse } from "node:http";
import { connect, Socket } from "node:net";
import type { Readable } from "node:stream";
import { expect, it } from "vitest";
import type { Sink } from "#src/engine/follow.ts";
import { openStreams } from "#src/http/sse.ts";
import { createFakeClock } from "../../fake-clock.ts";
import { until } from "../../open-engine.ts";
import { nextTurn, type OpenServer, openServer } from "../../open-server.ts";

const byHand = () => {};

/** A reader of a stream that takes nothing of it until it is told to. */
async function stalledReader(server: OpenServer, path: string): Promise<Socket> {
  const socket = connect({ port: server.port, host: "127.0.0.1" });
  socket.pause();
  await once(socket, "connect");
  socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${server.token}\r\n\r\n`);
  return socket;
}

/** A task that has said more than the buffers between two sockets hold. */
async function talkative(server: OpenServer) {
  const { node } = server;
  const { task_id } = await node.submit();
  const turn = await node.fake.turn(0);
  await node.reaches(task_id, "running");
  const entries = Array.from({ length: 12 }, () => "x".repeat(1000));
  for (let n = 0; n < 1200; n++) turn.emit({ kind: "progress", data: { type: "plan", entries } });
  await until(() => node.engine.log.get(task_id)?.seq === 1207);
  return { task_id, turn };
}

const reads = async (socket: Socket, until: RegExp) => {
  let said = "";
  socket.on("data", (part) => {
    said = (said + part.toString("latin1")).slice(-100_000);
  });
  socket.resume();
  while (!until.test(said)) await once(socket, "data");
  return said;
};

it("a reader that takes nothing of an ended task's stream harms nobody, and is closed after 5 minutes", async () => {
  await using server = await openServer({ fake: { script: byHand } });
  const { node } = server;
  const { task_id, turn } = await talkative(server);
  turn.complete();
  await node.reaches(task_id, "completed");
  const socket = await stalledReader(server, `/v1/tasks/${task_id}/events`);
  const closed = once(socket, "close");
  const open = () =>
    server.call("GET", "/metrics").then(({ body }) => /streams_open (\d)/.exec(String(body))?.[1]);
  await expect.poll(open).toBe("1");
  for (let n = 0; n < 21; n++) {
    node.clock.advance(15_000);
    await nextTurn();
  }
  await expect.poll(open).toBe("0");
  socket.resume();
  await closed;
});

it("a reader that stalls while its task ends gets all of it when it goes on", async () => {
  await using server = await openServer({ fake: { script: byHand } });
  const { node } = server;
  const { task_id, turn } = await talkative(server);
  const socket = await stalledReader(server, `/v1/tasks/${task_id}/events`);
  await until(() => node.engine.log.tail(task_id)?.listeners() === 1, "the reader to come");
  turn.complete();
  await node.reaches(task_id, "completed");
  for (let n = 0; n < 4; n++) {
    node.clock.advance(15_000);
    await nextTurn();
  }
  expect(await reads(socket, /event: task.event\nid: 1208\n.*\n\n/)).toContain("task.completed");
  socket.destroy();
});

it("nothing is written behind the last frame while its reader doesn't read it", async () => {
  const clock = createFakeClock();
  const streams = openStreams(clock);
  // Nobody is connected to it: what is written stays in it.
  const res = new ServerResponse(new IncomingMessage(new Socket()));
  const faults: Error[] = [];
  res.on("error", (fault) => faults.push(fault));
  const last = (sink: Sink) => ({ pull: () => sink.end(Buffer.from("the last frame")), close() {} });
  streams.of<Readable>(last).pipe(res);
  for (let n = 0; n < 20; n++) {
    clock.advance(15_000);
    await nextTurn();
  }
  expect({ faults, destroyed: res.destroyed }).toEqual({ faults: [], destroyed: false });
  clock.advance(15_000);
  expect(res.destroyed).toBe(true);
});

it("a stream that has nothing to say says so every 15 s, and no timer runs while there is none", async () => {
  await using server = await openServer({ fake: { launch: byHand } });
  const { node } = server;
  const { task_id } = await node.submit({ delivery: { timeout_ms: null } });
  const before = node.clock.armed();
  const socket = await stalledReader(server, `/v1/tasks/${task_id}/events`);
  await until(() => node.engine.log.tail(task_id)?.listeners() === 1, "the reader to come");
  expect(node.clock.armed()).toBe(before + 1);
  node.clock.advance(15_000);
  expect(await reads(socket, /keepalive/)).toContain(": keepalive\n\n");
  socket.destroy();
  await until(() => node.engine.log.tail(task_id)?.listeners() === 0, "the reader to have gone");
  node.clock.advance(15_000);
  expect(node.clock.armed()).toBe(before);
});

it("a reader that went away is followed no more", async () => {
  await using server = await openServer({ fake: { script: byHand } });
  const { node } = server;
  const socket = await stalledReader(server, "/v1/events");
  await until(() => node.engine.log.all.listeners() === 1);
  socket.destroy();
  await until(() => node.engine.log.all.listeners() === 0);
  await node.reaches((await node.submit()).task_id, "running");
});
