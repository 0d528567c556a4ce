/** Readers of a task's stream: one that is cut again and again, and one that stops reading. */
import { once } from "node:events";
import http from "node:http";
import { connect, type Socket } from "node:net";
import type { TestNode } from "../support.ts";

export interface Seen {
  /** The numbers of the events, in the order in which they came. */
  readonly ids: number[];
  /** How often the stream was cut and taken up again. */
  readonly cuts: number;
}

/** One connection: notes the whole frames of it, up to its end or to the cut. @returns whether the task's end was among them */
function readOnce(node: TestNode, path: string, ids: number[], bytes: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const last = ids.at(-1);
    const headers = {
      authorization: `Bearer ${node.token}`,
      ...(last === undefined ? {} : { "last-event-id": String(last) }),
    };
    const req = http.get(node.url + path, { agent: false, headers }, (res) => {
      if (res.statusCode !== 200) return reject(new Error(`a stream was answered ${res.statusCode}`));
      let rest = "";
      let left = bytes;
      let ended = false;
      res.setEncoding("utf8");
      res.on("data", (text: string) => {
        // What comes behind the cut was never received.
        const frames = (rest + text.slice(0, Math.max(left, 0))).split("\n\n");
        rest = frames.pop() ?? "";
        left -= text.length;
        for (const frame of frames) {
          const id = /^id: (\d+)$/m.exec(frame)?.[1];
          if (id !== undefined) ids.push(Number(id));
          ended ||= frame.includes('"kind":"task.completed"');
        }
        if (left <= 0) res.destroy();
      });
      res.on("close", () => resolve(ended));
    });
    req.on("error", reject);
  });
}

/**
 * Reads a task's events to their end over connections that are cut, each after up to so many bytes.
 * @param random says where
 */
export async function readWithCuts(
  node: TestNode,
  task_id: string,
  random: () => number,
  mostBytes: number,
): Promise<Seen> {
  const ids: number[] = [];
  let cuts = 0;
  while (!(await readOnce(node, `/v1/tasks/${task_id}/events`, ids, random() * mostBytes))) cuts++;
  return { ids, cuts };
}

/** A reader that takes nothing of a task's stream. */
export async function stalledReader(node: TestNode, task_id: string): Promise<Socket> {
  const { hostname, port, host } = new URL(node.url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.pause();
  await once(socket, "connect");
  socket.write(
    `GET /v1/tasks/${task_id}/events HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${node.token}\r\n\r\n`,
  );
  return socket;
}

/** Lets a stalled reader read all that is there for it; gives the numbers of its events. */
export async function readOn(socket: Socket): Promise<number[]> {
  const ids: number[] = [];
  let rest = "";
  socket.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.startsWith("id: ")) ids.push(Number(line.slice(4)));
    if (lines.includes("0\r")) socket.end();
  });
  socket.resume();
  await once(socket, "close");
  return ids;
}
