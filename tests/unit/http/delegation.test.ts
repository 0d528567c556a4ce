/** What a process of the node, and an agent, may delegate over HTTP. */
import { describe, expect, it } from "vitest";
import type { Problem } from "#contracts/errors.ts";
import type { TaskTree } from "#contracts/task-tree.ts";
import type { TaskRecord } from "#contracts/tasks.ts";
import { fakeTarget } from "../../open-engine.ts";
import { type OpenServer, openServer } from "../../open-server.ts";

const targets = [
  fakeTarget(),
  fakeTarget({ target_id: "helper", capabilities: ["help.out"] }),
  fakeTarget({ target_id: "other", capabilities: ["other.work"] }),
];
const idle = { payload: { mode: "silent" } };
const help = { intent: "help.out", ...idle };

/** A node whose target `tested` has a process with the token `of-tested`. */
async function openWith(auth: boolean) {
  const server = await openServer({ targets, auth });
  server.lend("of-tested", "tested", "launch-1");
  return server;
}

const as = (token: string) => ({ authorization: `Bearer ${token}` });
const codeOf = ({ status, body }: { status: number; body: unknown }) => [status, (body as Problem).code];

async function running({ node }: OpenServer, request: object = {}): Promise<TaskRecord> {
  const { task_id } = await node.submit({ ...idle, ...request });
  return node.reaches(task_id, "running");
}

async function given(server: OpenServer, token: string, request: object): Promise<TaskRecord> {
  const { status, body } = await server.call("POST", "/v1/tasks", request, as(token));
  expect([status, body]).toEqual([202, expect.anything()]);
  return (body as { task: TaskRecord }).task;
}

it("what a process reads of its tasks ends with the process", async () => {
  await using server = await openServer({ targets });
  const end = server.lend("of-tested", "tested", "launch-1");
  await running(server);
  const { task_id } = await given(server, "of-tested", help);
  const headers = as("of-tested");
  const { status, body } = await fetch(`${server.url}/v1/tasks/${task_id}/events`, { headers });
  expect(status).toBe(200);
  end();
  let said = "";
  for await (const part of body ?? []) said += Buffer.from(part).toString();
  expect(said).toContain("task.created");
  expect(said).not.toContain("task.completed");
});

describe.each([true, false])("with auth %s, a process of the node", (auth) => {
  it("delegates for its task, in its own name and in no other", async () => {
    await using server = await openWith(auth);
    const own = await running(server);
    const child = await given(server, "of-tested", help);
    expect([child.sender, child.trace.parent_task_id]).toEqual(["tested", own.task_id]);
    const named = await given(server, "of-tested", { ...help, sender: "tested" });
    expect(named.trace.parent_task_id).toBe(own.task_id);
    const foreign = await server.call("POST", "/v1/tasks", { ...help, sender: "local" }, as("of-tested"));
    expect(codeOf(foreign)).toEqual([403, "forbidden"]);
  });

  it("is told that it must name the task where it has two, and that others' are none of its", async () => {
    await using server = await openWith(auth);
    await running(server);
    const second = await running(server);
    const others = await running(server, help);
    const ask = (body: object) => server.call("POST", "/v1/tasks", { ...help, ...body }, as("of-tested"));
    expect(codeOf(await ask({}))).toEqual([409, "parent_ambiguous"]);
    expect(codeOf(await ask({ trace: { parent_task_id: others.task_id } }))).toEqual([403, "forbidden"]);
    expect((await ask({ trace: { parent_task_id: second.task_id } })).status).toBe(202);
    expect(server.node.engine.reader.list({}, 10)).toHaveLength(4);
  });

  it("reads its children and its tree", async () => {
    await using server = await openWith(auth);
    const own = await running(server);
    const child = await given(server, "of-tested", help);
    const read = (path: string) => server.call("GET", path, undefined, as("of-tested"));
    expect((await read(`/v1/tasks/${child.task_id}`)).status).toBe(200);
    const { body } = await read(`/v1/tasks/${own.task_id}/tree`);
    expect((body as TaskTree).tasks.map(({ task_id }) => task_id)).toEqual([own.task_id, child.task_id]);
  });
});

it("a process's key counts within the task that it delegates for", async () => {
  await using server = await openWith(true);
  const first = await running(server);
  const ask = async (parent: string) => {
    const body = { ...help, trace: { parent_task_id: parent } };
    const headers = { ...as("of-tested"), "idempotency-key": "step-1" };
    return (await server.call("POST", "/v1/tasks", body, headers)).body as { task: TaskRecord };
  };
  const once = await ask(first.task_id);
  const second = await running(server);
  expect((await ask(first.task_id)).task.task_id).toBe(once.task.task_id);
  expect((await ask(second.task_id)).task.task_id).not.toBe(once.task.task_id);
});

it("an agent with a token of its own names a task that it is the target of, and no other", async () => {
  await using server = await openServer({ targets });
  const token = await server.tokenOf("agent:helper");
  const own = await running(server, help);
  const others = await running(server);
  const ask = (trace: object) =>
    server.call("POST", "/v1/tasks", { intent: "other.work", payload: {}, trace }, as(token));
  const { body } = await ask({ parent_task_id: own.task_id });
  expect((body as { task: TaskRecord }).task).toMatchObject({
    sender: "helper",
    trace: { parent_task_id: own.task_id },
  });
  expect(codeOf(await ask({ parent_task_id: others.task_id }))).toEqual([403, "forbidden"]);
  expect((await ask({})).status).toBe(202);
});

it("the tree of others' tasks isn't there for an agent", async () => {
  await using server = await openServer({ targets });
  const token = await server.tokenOf("agent:helper");
  const { task_id } = await running(server);
  const found = await server.call("GET", `/v1/tasks/${task_id}/tree`, undefined, as(token));
  expect(codeOf(found)).toEqual([404, "task_not_found"]);
});
