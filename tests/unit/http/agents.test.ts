/** Agents over HTTP: registering, leases by the clock, and the targets that agents are. */
import { describe, expect, it } from "vitest";
import { type AgentRecord, AgentRegistrationRequest } from "#contracts/agents.ts";
import { registerAgent, unregisterAgent } from "#src/engine/agents.ts";
import { fakeTarget, openEngine, until } from "../../open-engine.ts";
import { type OpenServer, openServer, type Reply } from "../../open-server.ts";

const byHand = () => {};
const operator = { kind: "operator", name: "tests" } as const;
const transport_kind = "local_managed";
const reach = { transport_kind, adapter: "acp", launch: { command: ["secret-program", "--key", "s3cret"] } };
const editor = { ...reach, agent_id: "editor", capabilities: ["text.edit"] };

const codeOf = ({ status, body }: Reply) => [status, (body as { code?: string }).code];
const agentOf = ({ body }: Reply) => (body as { agent: AgentRecord }).agent;

const register = async (server: OpenServer, request: object) =>
  agentOf(await server.call("POST", "/v1/agents/register", { transport_kind, ...request }));
const read = async (server: OpenServer, id: string) =>
  (await server.call("GET", `/v1/agents/${id}`)).body as AgentRecord;
const targetIds = async (server: OpenServer) => {
  const { targets } = (await server.call("GET", "/v1/targets")).body as {
    targets: { target_id: string; source: string }[];
  };
  return targets.map(({ target_id, source }) => `${source} ${target_id}`);
};
const submit = (server: OpenServer, request: object) =>
  server.call("POST", "/v1/tasks", { intent: "text.edit", payload: {}, ...request });

describe("a registration", () => {
  it("fills in what isn't said, and takes empty for absent", async () => {
    await using server = await openServer();
    const empty = {
      agent_id: "",
      display_name: null,
      endpoint: "",
      adapter: "",
      launch: null,
      metadata: null,
    };
    const agent = await register(server, { ...empty, sticky_mode: "", lease_ttl_seconds: null });
    expect(agent).toEqual({
      agent_id: expect.stringMatching(/^[0-9A-Z]{26}$/),
      display_name: agent.agent_id,
      transport_kind,
      capabilities: [],
      metadata: {},
      defaults: {},
      lease_ttl_seconds: 300,
      status: "online",
      registered_at: "2026-11-23T09:00:00.000Z",
      updated_at: "2026-11-23T09:00:00.000Z",
      last_seen_at: "2026-11-23T09:00:00.000Z",
      lease_expires_at: "2026-11-23T09:05:00.000Z",
    });
    expect(await targetIds(server)).toEqual(["registry tested"]);
  });

  it("of the same name updates the record in place, whole, and keeps when it began", async () => {
    await using server = await openServer();
    await register(server, { ...editor, display_name: "Old", metadata: { a: 1 } });
    server.node.clock.advance(1000);
    const again = await register(server, { ...editor, display_name: "New" });
    expect(again).toMatchObject({
      display_name: "New",
      metadata: {},
      registered_at: "2026-11-23T09:00:00.000Z",
      updated_at: "2026-11-23T09:00:01.000Z",
    });
    expect((await server.call("GET", "/v1/agents")).body).toEqual({ agents: [again] });
  });

  it.each([
    ["tested", "registry"],
    ["local", "reserved"],
    ["register", "reserved"],
  ])("under the name %s is refused, and writes nothing", async (agent_id, why) => {
    await using server = await openServer();
    const reply = await server.call("POST", "/v1/agents/register", { ...reach, agent_id });
    expect(codeOf(reply)).toEqual([409, "name_taken"]);
    expect((reply.body as { detail: string }).detail).toContain(why);
    expect((await server.call("GET", "/v1/agents")).body).toEqual({ agents: [] });
  });

  it.each([
    ["an adapter that isn't", { adapter: "telepathy" }, "adapter"],
    ["a dialect that isn't", { dialect: "klingon" }, "dialect"],
    [
      "an executor that is no name",
      { launch: { commands: { "No Name": ["x"] } } },
      "launch.commands.No Name",
    ],
    ["external with acp", { launch: { mode: "external", command: ["x"] } }, "launch.mode"],
    ["a field that there is not", { adaptor: "acp" }, ""],
    ["a lease that is no number", { lease_ttl_seconds: "long" }, "lease_ttl_seconds"],
  ])("with %s is refused as the registry file would be, and says where", async (_, changes, path) => {
    await using server = await openServer();
    const reply = await server.call("POST", "/v1/agents/register", { ...editor, ...changes });
    expect(codeOf(reply)).toEqual([400, "invalid_request"]);
    expect((reply.body as { errors: { path: string }[] }).errors[0]?.path).toBe(path);
    expect((await server.call("GET", "/v1/agents")).body).toEqual({ agents: [] });
  });
});

describe("a lease", () => {
  it.each([
    [1, 1],
    [0, 300],
    [-5, 300],
    [86_400, 86_400],
    [90_000, 86_400],
  ])("of %i seconds is one of %i", async (asked, given) => {
    await using server = await openServer();
    expect((await register(server, { lease_ttl_seconds: asked })).lease_ttl_seconds).toBe(given);
  });

  it("is over by the clock alone, to the millisecond, and a heartbeat begins it anew", async () => {
    await using server = await openServer();
    await register(server, { ...editor, lease_ttl_seconds: 10 });
    server.node.clock.advance(9999);
    expect((await read(server, "editor")).status).toBe("online");
    server.node.clock.advance(1);
    expect((await read(server, "editor")).status).toBe("offline");
    expect(await targetIds(server)).toEqual(["registry tested", "agent editor"]);
    const beat = agentOf(await server.call("POST", "/v1/agents/editor/heartbeat"));
    expect(beat).toMatchObject({ status: "online", lease_expires_at: "2026-11-23T09:00:20.000Z" });
    expect(beat.updated_at).toBe("2026-11-23T09:00:00.000Z");
    expect(await read(server, "editor")).toEqual(beat);
    const longer = await server.call("POST", "/v1/agents/editor/heartbeat", { lease_ttl_seconds: 60 });
    expect(agentOf(longer).lease_expires_at).toBe("2026-11-23T09:01:10.000Z");
    const same = await server.call("POST", "/v1/agents/editor/heartbeat", { lease_ttl_seconds: 0 });
    expect(agentOf(same).lease_ttl_seconds).toBe(60);
  });

  it("of one that isn't registered, or is a target of the registry, can't be extended", async () => {
    await using server = await openServer();
    for (const id of ["nobody", "tested"])
      expect(codeOf(await server.call("POST", `/v1/agents/${id}/heartbeat`))).toEqual([
        404,
        "agent_not_found",
      ]);
    expect((await server.call("GET", "/v1/agents")).body).toEqual({ agents: [] });
  });
});

describe("an agent's own token", () => {
  it("registers that agent, by itself or where its name is left out, and no other", async () => {
    await using server = await openServer();
    const token = await server.tokenOf("agent:editor");
    const own = { authorization: `Bearer ${token}` };
    const call = (path: string, body?: object) => server.call("POST", path, body, own);
    expect(agentOf(await call("/v1/agents/register", { transport_kind })).agent_id).toBe("editor");
    expect(codeOf(await call("/v1/agents/register", { transport_kind, agent_id: "critic" }))).toEqual([
      403,
      "forbidden",
    ]);
    await register(server, { agent_id: "critic" });
    for (const act of ["heartbeat", "unregister"]) {
      expect(codeOf(await call(`/v1/agents/critic/${act}`))).toEqual([403, "forbidden"]);
      expect(codeOf(await call(`/v1/agents/nobody/${act}`))).toEqual([404, "agent_not_found"]);
    }
    const seen = await server.call("GET", "/v1/agents", undefined, own);
    expect((seen.body as { agents: AgentRecord[] }).agents.map(({ agent_id }) => agent_id)).toEqual([
      "editor",
    ]);
    expect(codeOf(await server.call("GET", "/v1/agents/critic", undefined, own))).toEqual([
      404,
      "agent_not_found",
    ]);
    expect((await call("/v1/agents/editor/unregister")).body).toEqual({
      agent_id: "editor",
      status: "offline",
    });
  });

  it("refreshes its record and leaves how it is reached, which it may repeat but not change", async () => {
    await using server = await openServer();
    await register(server, { ...editor, defaults: { model: "small" } });
    const own = { authorization: `Bearer ${await server.tokenOf("agent:editor")}` };
    const again = (request: object) =>
      server.call("POST", "/v1/agents/register", { transport_kind, ...request }, own);
    const refreshed = agentOf(await again({ display_name: "Me", capabilities: ["text.edit", "text.cut"] }));
    expect(refreshed).toMatchObject({ display_name: "Me", adapter: "acp", launch: reach.launch });
    expect((await again(editor)).status).toBe(202);
    expect((await submit(server, { target_runtime: "editor", intent: "text.edit" })).status).toBe(202);
    for (const change of [
      { launch: { command: ["other"] } },
      { launch: { commands: { fast: ["other"] } } },
      { endpoint: "http://127.0.0.1:1" },
      { healthcheck: "/ping" },
      { adapter: "acp_http" },
    ])
      expect(codeOf(await again(change))).toEqual([403, "launch_not_allowed"]);
    expect((await read(server, "editor")).launch).toEqual(reach.launch);
  });
});

it("shows how an agent is reached to the operator and to itself, and to nobody else anywhere", async () => {
  await using server = await openServer();
  await register(server, { ...editor, defaults: { headers: { key: "s3cret" } } });
  const as = async (role: Parameters<OpenServer["tokenOf"]>[0]) => ({
    authorization: `Bearer ${await server.tokenOf(role)}`,
  });
  const textOf = async (path: string, who: { authorization: string }) => {
    const { status, body } = await server.call("GET", path, undefined, who);
    expect(status).toBe(200);
    return JSON.stringify(body);
  };
  const [operator, reader, own] = [await as("operator"), await as("reader"), await as("agent:editor")];
  for (const path of ["/v1/agents", "/v1/agents/editor"]) {
    expect(await textOf(path, operator)).toContain("s3cret");
    expect(await textOf(path, own)).toContain("s3cret");
    expect(await textOf(path, reader)).not.toMatch(/s3cret|secret-program|defaults|launch/);
  }
  for (const who of [operator, reader, own]) {
    expect(await textOf("/v1/targets", who)).not.toMatch(/s3cret|secret-program/);
    expect(await textOf("/v1/runtimes", who)).not.toMatch(/s3cret|secret-program/);
  }
  expect(await textOf("/v1/targets?detail=true", operator)).toContain("secret-program");
  for (const who of [reader, own])
    expect((await server.call("GET", "/v1/targets?detail=true", undefined, who)).status).toBe(403);
});

describe("an agent as a target", () => {
  it("is started by its command, whatever it answers at for others", async () => {
    await using server = await openServer();
    await register(server, { ...editor, endpoint: "http://127.0.0.1:9102", healthcheck: "/ping" });
    expect(server.node.engine.routing.targets.get("editor")).toMatchObject({
      launch: { command: reach.launch.command },
      endpoint: null,
      healthcheck: null,
    });
    expect((await read(server, "editor")).endpoint).toBe("http://127.0.0.1:9102");
    const only = { ...editor, launch: null, endpoint: "http://127.0.0.1:9102" };
    expect(codeOf(await server.call("POST", "/v1/agents/register", only))).toEqual([400, "invalid_request"]);
  });

  it("is routed to by its capabilities, offline too, and in the next life of the node", async () => {
    const first = await openServer();
    await register(first, { ...editor, lease_ttl_seconds: 1 });
    first.node.clock.advance(5000);
    const { task } = (await submit(first, {})).body as {
      task: { task_id: string; resolved_runtime: string };
    };
    expect(task.resolved_runtime).toBe("editor");
    await first.node.reaches(task.task_id, "completed");
    first.node.abandon();
    await using node = await openEngine({ dir: first.node.dir });
    const later = await node.submit({ intent: "text.edit" });
    expect((await node.reaches(later.task_id, "completed")).resolved_runtime).toBe("editor");
  });

  it("that is taken out lets its running task finish, fails those that wait, and is known no more", async () => {
    await using server = await openServer({ fake: { script: byHand } });
    const { node } = server;
    await register(server, editor);
    const running = await node.submit({ intent: "text.edit", conversation_id: "one" });
    const turn = await node.fake.turn(0);
    await node.reaches(running.task_id, "running");
    const waiting = await node.submit({ intent: "text.edit", conversation_id: "one" });
    expect((await server.call("POST", "/v1/agents/editor/unregister")).status).toBe(200);
    expect((await node.reaches(waiting.task_id, "failed")).last_error).toEqual({
      reason: "route_not_found",
      detail: "the target editor is not there any more",
    });
    expect(codeOf(await submit(server, {}))).toEqual([404, "route_not_found"]);
    expect(codeOf(await submit(server, { target_runtime: "editor" }))).toEqual([404, "target_not_found"]);
    expect(codeOf(await server.call("GET", "/v1/agents/editor"))).toEqual([404, "agent_not_found"]);
    turn.complete("done");
    await node.reaches(running.task_id, "completed");
  });

  it.each([
    ["taken out while it is registered anew", ["register", "unregister"], []],
    ["registered anew while it is taken out", ["unregister", "register"], ["agent editor"]],
  ] as const)("that is %s is a target exactly if its record is there", async (_, acts, left) => {
    await using server = await openServer();
    await register(server, editor);
    const parsed = AgentRegistrationRequest.parse(editor);
    const act = {
      register: () => registerAgent(server.node.engine, operator, parsed),
      unregister: () => unregisterAgent(server.node.engine, operator, "editor"),
    };
    await Promise.all(acts.map((name) => act[name]()));
    const { agents } = (await server.call("GET", "/v1/agents")).body as { agents: AgentRecord[] };
    expect(agents.map(({ agent_id }) => `agent ${agent_id}`)).toEqual(left);
    expect((await targetIds(server)).slice(1)).toEqual(left);
  });

  it("whose command is another gets a new process when its tasks are over, and not for another name", async () => {
    await using server = await openServer({ fake: { script: byHand } });
    const { node } = server;
    await register(server, editor);
    const { task_id } = await node.submit({ intent: "text.edit" });
    const turn = await node.fake.turn(0);
    await node.reaches(task_id, "running");
    await register(server, { ...editor, display_name: "Renamed" });
    expect([...node.engine.retiring.keys()]).toEqual([]);
    await register(server, { ...editor, launch: { command: ["another"] } });
    expect([...node.engine.retiring.keys()]).toEqual(["editor"]);
    turn.complete("done");
    await until(() => node.engine.retiring.size === 0);
    expect(node.engine.routing.targets.get("editor")?.launch.command).toEqual(["another"]);
  });

  it("goes on to wait under its new settings when it is registered anew twice at once", async () => {
    await using server = await openServer({ fake: { script: byHand } });
    const { node } = server;
    await register(server, editor);
    await node.submit({ intent: "text.edit", conversation_id: "one" });
    const turn = await node.fake.turn(0);
    const waiting = await node.submit({ intent: "text.edit", conversation_id: "one" });
    await Promise.all([
      register(server, { ...editor, display_name: "Two" }),
      register(server, { ...editor, display_name: "Three" }),
    ]);
    turn.complete("done");
    (await node.fake.turn(1)).complete("done");
    await node.reaches(waiting.task_id, "completed");
    expect(node.kinds(waiting.task_id).filter((kind) => kind.endsWith("task.dispatching"))).toHaveLength(1);
    expect(node.engine.works.size).toBe(0);
  });

  it("whose name comes into the registry is the registry's, until that lets it go", async () => {
    await using server = await openServer();
    const { node } = server;
    await register(server, editor);
    const table = (...names: string[]) => ({
      targets: new Map(names.map((target_id) => [target_id, fakeTarget({ target_id })])),
      routes: new Map(),
    });
    expect(await node.reload(table("tested", "editor"))).toMatchObject({ added: [], changed: ["editor"] });
    expect(await targetIds(server)).toEqual(["registry tested", "registry editor"]);
    expect((await read(server, "editor")).status).toBe("online");
    expect((await server.call("POST", "/v1/agents/editor/heartbeat")).status).toBe(202);
    const again = await server.call("POST", "/v1/agents/register", editor);
    expect(codeOf(again)).toEqual([409, "name_taken"]);
    expect(await node.reload(table("tested"))).toMatchObject({ changed: ["editor"], removed: [] });
    expect(await targetIds(server)).toEqual(["registry tested", "agent editor"]);
  });
});

it("lists 10,000 agents, and beats for one of them, fast enough", async () => {
  await using server = await openServer();
  const { store } = server.node.engine.agents;
  const one = await register(server, { agent_id: "agent-0", capabilities: ["text.edit"] });
  const kept = store.get(one.agent_id);
  if (kept === undefined) throw new Error("it was not kept");
  await Promise.all(
    Array.from({ length: 9999 }, (_, n) => store.put({ ...kept, agent_id: `agent-${n + 1}` })),
  );
  const timed = async (call: () => Promise<Reply>) => {
    const from = performance.now();
    const reply = await call();
    return { ms: performance.now() - from, reply };
  };
  const { ms, reply } = await timed(() => server.call("GET", "/v1/agents"));
  expect((reply.body as { agents: AgentRecord[] }).agents).toHaveLength(10_000);
  expect(ms).toBeLessThan(5000);
  expect((await timed(() => server.call("POST", "/v1/agents/agent-77/heartbeat"))).ms).toBeLessThan(1000);
});
