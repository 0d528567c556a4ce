import { EventEmitter, once } from "node:events";
import { IncomingMessage, ServerResponse } from "node:http";
import { connect, Socket } from "node:net";
import { Duplex, type Readable } from "node:stream";
import type { Response } from "express";
import { expect, it, vi } from "vitest";
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
  const streams = openStreams(clock, setImmediate);
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

/** A stream whose turn ends when it is told to, and what was written to its socket, write by write. */
function heldBack(first: string) {
  const writes: string[] = [];
  const socket = new Duplex({
    read() {},
    write(bytes, _, done) {
      writes.push(String(bytes));
      done();
    },
    writev(parts, done) {
      writes.push(parts.map(({ chunk }) => String(chunk)).join(""));
      done();
    },
  }) as Socket;
  const req = Object.assign(new IncomingMessage(socket), { httpVersionMajor: 1, httpVersionMinor: 1 });
  const res = new ServerResponse(req);
  res.assignSocket(socket);
  const turn: (() => void)[] = [];
  const streams = openStreams(createFakeClock(), (act) => void turn.push(act));
  const sinks: Sink[] = [];
  const follow = (sink: Sink) => {
    sinks.push(sink);
    return { pull: () => void sink.write(Buffer.from(first)), close() {} };
  };
  streams.of<Readable>(follow).pipe(res);
  const endTurn = () => {
    for (const act of turn.splice(0)) act();
  };
  return { writes, sink: sinks[0] as Sink, endTurn };
}

it("the head, the frames that there are and those of the turn's commit are one write", async () => {
  const { writes, sink, endTurn } = heldBack("<1>");
  await nextTurn();
  sink.write(Buffer.from("<2>"));
  await nextTurn();
  expect(writes).toEqual([]);
  endTurn();
  await nextTurn();
  expect(writes).toEqual([expect.stringMatching(/^HTTP\/1.1 200 OK\r\n[\s\S]*<1>[\s\S]*<2>\r\n$/)]);
  sink.write(Buffer.from("<3>"));
  await nextTurn();
  expect(writes.slice(1)).toEqual([expect.stringContaining("<3>")]);
});

it("a stream that ends in the turn in which it begins is whole, in order, and one write", async () => {
  const { writes, sink, endTurn } = heldBack("<1>");
  sink.write(Buffer.from("<2>"));
  sink.end(Buffer.from("<3>"));
  await nextTurn();
  expect(writes).toEqual([expect.stringMatching(/200 OK[\s\S]*<1>[\s\S]*<2>[\s\S]*<3>\r\n0\r\n\r\n$/)]);
  endTurn();
  await nextTurn();
  expect(writes).toHaveLength(1);
});

it("an event that is decided in the turn in which a stream begins is in its first write", async () => {
  await using server = await openServer({ fake: { script: byHand } });
  const { node, port } = server;
  const { task_id } = await node.submit();
  const turn = await node.fake.turn(0);
  await node.reaches(task_id, "running");
  const tail = node.engine.log.tail(task_id);
  if (tail === undefined) expect.unreachable("an open task has a tail");
  const { listen } = tail;
  // Behind what the stream has asked of the turn, and still in it.
  Object.assign(tail, {
    listen(wake: () => void) {
      turn.emit({ kind: "progress", data: { type: "log", text: "in the same turn" } });
      return listen(wake);
    },
  });
  const spies = [vi.spyOn(Socket.prototype, "_write"), vi.spyOn(Socket.prototype, "_writev")];
  const written = () =>
    spies.flatMap(({ mock }) => mock.contexts).filter((each) => (each as Socket).localPort === port).length;
  try {
    const socket = await stalledReader(server, `/v1/tasks/${task_id}/events`);
    await reads(socket, /in the same turn/);
    expect(written()).toBe(1);
    socket.destroy();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
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

it("nothing is written behind the end of a stream whose token was revoked, and it is closed if nobody reads it", () => {
  const clock = createFakeClock();
  const streams = openStreams(clock, () => {});
  const said: string[] = [];
  const principal = { kind: "reader", name: "a token" } as const;
  // Its end is not sent, since nobody takes what was written before.
  const res = Object.assign(new EventEmitter(), {
    locals: { principal },
    socket: null,
    setHeader() {},
    flushHeaders() {},
    write: () => said.push("write") > 0,
    end: () => said.push("end"),
    destroy: () => said.push("destroy"),
  });
  streams.attach(res as unknown as Response, () => ({ pull() {}, close() {} }));
  streams.endOf({ kind: "reader", name: "another" });
  clock.advance(15_000);
  streams.endOf(principal);
  for (let n = 0; n < 21; n++) clock.advance(15_000);
  expect(said).toEqual(["write", "end", "destroy"]);
});
