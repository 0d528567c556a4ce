/** What an agent's token may see and do of threads. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { fakeTarget, until } from "../../open-engine.ts";
import { type OpenServer, openServer } from "../../open-server.ts";

let server: OpenServer;
const tokens: { [name: string]: string } = {};
const said = { intent: "test.run", payload: { text: "hello" } };

beforeAll(async () => {
  const targets = ["editor", "critic", "stranger"].map((target_id) => fakeTarget({ target_id }));
  server = await openServer({ targets });
  for (const name of ["editor", "critic", "stranger"]) tokens[name] = await server.tokenOf(`agent:${name}`);
});
afterAll(() => server[Symbol.asyncDispose]());

const call = (who: string, method: string, path: string, body?: unknown) =>
  server.call(method, path, body, { authorization: `Bearer ${tokens[who]}` });
const codeOf = ({ status, body }: { status: number; body: unknown }) => [
  status,
  (body as { code?: string }).code,
];

async function open(who: string, agent_a_id = "editor", agent_b_id = "critic"): Promise<string> {
  const opened = await call(who, "POST", "/v1/threads", { agent_a_id, agent_b_id });
  expect(opened.status).toBe(201);
  return (opened.body as { thread: { thread_id: string } }).thread.thread_id;
}

const over = (thread_id: string) =>
  until(() => server.node.engine.threads.last(thread_id)?.status === "completed");

it("an agent opens threads that it is in, and no others", async () => {
  await open("critic");
  const foreign = { agent_a_id: "editor", agent_b_id: "critic" };
  expect(codeOf(await call("stranger", "POST", "/v1/threads", foreign))).toEqual([403, "forbidden"]);
});

it("an agent sees its own threads; others' aren't there for it", async () => {
  const own = await open("editor");
  const mine = await open("stranger", "stranger", "critic");
  const ids = async (who: string, query = "") =>
    (
      (await call(who, "GET", `/v1/threads${query}`)).body as { threads: { thread_id: string }[] }
    ).threads.map(({ thread_id }) => thread_id);
  expect(await ids("stranger")).toEqual([mine]);
  expect(await ids("stranger", "?agent_id=editor")).toEqual([]);
  expect((await ids("critic")).slice(0, 2)).toEqual([mine, own]);
  for (const path of ["", "/inspect", "/turns"]) {
    expect((await call("critic", "GET", `/v1/threads/${own}${path}`)).status).toBe(200);
    const hidden = await call("stranger", "GET", `/v1/threads/${own}${path}`);
    expect(codeOf(hidden)).toEqual([404, "thread_not_found"]);
  }
  for (const [path, body] of [
    [`/v1/threads/${own}/continue`, said],
    ["/v1/tasks", { ...said, thread_id: own }],
    // Its session would go on, too.
    ["/v1/tasks", { ...said, conversation_id: own, target_runtime: "critic" }],
  ] as const)
    expect(codeOf(await call("stranger", "POST", path, body))).toEqual([404, "thread_not_found"]);
});

it("an agent names any conversation that is no thread, and a thread of its own", async () => {
  const own = await open("editor");
  for (const conversation_id of [own, "talk"]) {
    const body = { ...said, conversation_id, target_runtime: "critic" };
    expect(await call("editor", "POST", "/v1/tasks", body)).toMatchObject({
      status: 202,
      body: { task: { conversation_id } },
    });
  }
});

it("an agent continues a thread as itself, also when it isn't its turn, and as nobody else", async () => {
  const thread_id = await open("editor");
  const path = `/v1/threads/${thread_id}/continue`;
  const first = await call("critic", "POST", path, said);
  expect(first).toMatchObject({
    status: 202,
    body: { task: { sender: "critic", resolved_runtime: "editor" } },
  });
  await over(thread_id);
  const foreign = [
    { ...said, sender: "editor" },
    { ...said, payload_by_agent: { editor: "words" } },
    { ...said, intent_by_agent: { editor: "test.run" } },
  ];
  for (const body of foreign)
    expect(codeOf(await call("critic", "POST", path, body))).toEqual([403, "forbidden"]);
  const own = { ...said, payload_by_agent: { critic: "mine" }, auto_continue: true, max_turns: 2 };
  expect((await call("critic", "POST", path, own)).status).toBe(202);
});
