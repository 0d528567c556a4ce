/** Agents from the command line: one that stays the same agent, whatever the node says. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { AgentRecord } from "#contracts/agents.ts";
import { fakeCommand } from "../../programs.ts";
import { createHome, type Home, startNode, type TestNode } from "../../support.ts";
import { commandFor, watch } from "./command.ts";

let home: Home;
let node: TestNode;
let scratch: string;
let state: string;

beforeAll(async () => {
  home = createHome({ helper: { command: await fakeCommand() } });
  node = await startNode(home);
});
afterAll(async () => {
  await node[Symbol.asyncDispose]();
  home[Symbol.dispose]();
});
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "aethrolink-agents-"));
  state = join(scratch, "of", "agent.json");
});
afterEach(() => rmSync(scratch, { recursive: true }));

const run = (args: readonly string[], env: object = {}) => commandFor(home.dataDir).run(args, env);
const withState = (...args: string[]) => run([...args, "--state-file", state]);
const agentIn = (out: string) => (JSON.parse(out) as { agent: AgentRecord }).agent;
const kept = () => JSON.parse(readFileSync(state, "utf8")) as unknown;
const agents = async () =>
  (await node.call<{ agents: AgentRecord[] }>("GET", "/v1/agents")).body.agents.map(
    ({ agent_id }) => agent_id,
  );

/** Something that stands where a node was, and answers one status after the other. */
async function standIn(answers: readonly (readonly [number, object])[]) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const [status, body] = answers[Math.min(asked.length, answers.length) - 1] ?? [500, {}];
    response.writeHead(status, {
      "Content-Type": status < 400 ? "application/json" : "application/problem+json",
    });
    request.resume().on("end", () => response.end(JSON.stringify(body)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    asked,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const problem = (status: number, code: string) => ({
  status,
  code,
  detail: code,
  title: code,
  request_id: "one",
});

describe("alink-cli register", () => {
  it("sends what its flags say, each value as what it is", async () => {
    const [program = "", ...rest] = await fakeCommand();
    const line = [program, ...rest].map((word) => `'${word}'`).join(" ");
    const { code, out, err } = await withState(
      ...["register", "--agent-id", "scribe", "--display-name", "The Scribe", "--adapter", "acp"],
      ...[
        "--dialect",
        "generic",
        "--launch-mode",
        "on_demand",
        "--launch-command",
        `${line} --note "two words"`,
      ],
      ...[
        "--defaults",
        'zip="01234",retries=3,deep=true,note="a, b"',
        "--capabilities",
        "notes.write, notes.read",
      ],
      ...["--sticky-mode", "none", "--lease-ttl-seconds", "60"],
    );
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(agentIn(out)).toMatchObject({
      agent_id: "scribe",
      display_name: "The Scribe",
      transport_kind: "local_managed",
      launch: { mode: "on_demand", command: [program, ...rest, "--note", "two words"] },
      defaults: { zip: "01234", retries: 3, deep: true, note: "a, b" },
      capabilities: ["notes.write", "notes.read"],
      sticky_mode: "none",
      lease_ttl_seconds: 60,
    });
    expect(kept()).toEqual({ agent_id: "scribe" });
    expect(statSync(state).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(scratch, "of"))).toEqual(["agent.json"]);
  });

  it("makes a target that is routed to and started, online or not, also after a restart of the node", async () => {
    using other = createHome({});
    const command = (await fakeCommand()).map((word) => `'${word}'`).join(" ");
    const cli = commandFor(other.dataDir);
    const call = ["call", "--intent", "notes.find", "--text", "hello", "--wait", "--sender", "local"];
    {
      await using first = await startNode(other);
      const flags = ["--adapter", "acp", "--launch-command", command, "--capabilities", "notes.find"];
      const lease = ["--lease-ttl-seconds", "1", "--state-file", state];
      expect((await cli.run(["register", "--agent-id", "finder", ...flags, ...lease])).code).toBe(0);
      expect(first.url).toContain("http");
    }
    await using second = await startNode(other);
    const record = await second.call<AgentRecord>("GET", "/v1/agents/finder");
    expect(Date.parse(record.body.lease_expires_at) - Date.parse(record.body.last_seen_at)).toBe(1000);
    const { code, out, err } = await cli.run(call);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(JSON.parse(out)).toMatchObject({ resolved_runtime: "finder", result: { text: "echo: hello" } });
  });

  it("stays the same agent when it registers again, and is a new one where the state file is", async () => {
    const first = agentIn((await withState("register", "--capabilities", "a.b")).out);
    const again = agentIn((await withState("register", "--capabilities", "c.d")).out);
    expect(again).toMatchObject({ agent_id: first.agent_id, capabilities: ["c.d"] });
    rmSync(state);
    expect(agentIn((await withState("register")).out).agent_id).not.toBe(first.agent_id);
  });

  it("takes no damaged state file for none", async () => {
    const before = await agents();
    const damaged = join(scratch, "damaged.json");
    writeFileSync(damaged, "{");
    for (const command of ["register", "ensure-registered", "heartbeat"]) {
      const { code, err } = await run([command, "--state-file", damaged]);
      expect(code).toBe(2);
      expect(err).toContain(`the state file ${damaged} tells no agent`);
    }
    expect(await agents()).toEqual(before);
    expect(readFileSync(damaged, "utf8")).toBe("{");
  });

  it.each([
    ["can't be made", ["file", "agent.json"]],
    ["is a directory", ["directory"]],
  ])("registers nothing where the state file %s", async (_what, path) => {
    const before = await agents();
    writeFileSync(join(scratch, "file"), "");
    mkdirSync(join(scratch, "directory"));
    const named = join(scratch, ...path);
    for (const command of ["register", "ensure-registered"]) {
      const ran = await run([command, "--agent-id", "unkept", "--state-file", named]);
      expect(ran).toMatchObject({ code: 2, out: "" });
      expect(ran.err).toContain(`the state file ${named} can't be written: `);
    }
    expect(await agents()).toEqual(before);
    expect(readdirSync(scratch)).toEqual(["directory", "file"]);
  });

  it("says what is refused, with an exit code of its own", async () => {
    const taken = await withState("register", "--agent-id", "helper");
    expect(taken.code).toBe(5);
    expect(taken.err).toContain("(name_taken)");
    const open = await withState("register", "--agent-id", "x", "--launch-command", "a 'b");
    expect(open.code).toBe(2);
    const { token } = JSON.parse((await run(["token-create", "--role", "agent:own"])).out) as {
      token: string;
    };
    const flags = ["--adapter", "acp", "--launch-command", "x", "--state-file", state];
    const own = await run(["register", ...flags], { AETHROLINK_TOKEN: token });
    expect(own.code).toBe(6);
    expect(own.err).toContain("(launch_not_allowed)");
    expect(existsSync(state)).toBe(false);
    const without = await run(["register", "--state-file", state], { AETHROLINK_TOKEN: token });
    expect(agentIn(without.out).agent_id).toBe("own");
    expect(readFileSync(state, "utf8")).not.toContain(token);
  });
});

describe("alink-cli ensure-registered", () => {
  it("registers an agent that isn't, extends the lease of one that is, and changes nothing of it", async () => {
    const first = agentIn(
      (await withState("ensure-registered", "--agent-id", "ensured", "--capabilities", "a")).out,
    );
    const again = agentIn((await withState("ensure-registered", "--capabilities", "b")).out);
    expect(again).toMatchObject({ agent_id: "ensured", capabilities: ["a"], updated_at: first.updated_at });
    await node.call("POST", "/v1/agents/ensured/unregister");
    const anew = agentIn((await withState("ensure-registered", "--capabilities", "b")).out);
    expect(anew).toMatchObject({ agent_id: "ensured", capabilities: ["b"] });
  });

  it.each([
    [500, "internal", 1],
    [503, "unavailable", 8],
    [404, "not_found", 4],
    [401, "unauthorized", 6],
  ] as const)(
    "registers nothing and keeps its id where the node answers %i %s",
    async (status, code, exit) => {
      await withState("register", "--agent-id", "steady");
      await using broken = await standIn([[status, problem(status, code)]]);
      const result = await withState("ensure-registered", "--server", broken.url);
      expect(result.code).toBe(exit);
      expect(result.err.includes("The node's log says more")).toBe(status === 500);
      expect(broken.asked).toEqual(["POST /v1/agents/steady/heartbeat"]);
      expect(kept()).toEqual({ agent_id: "steady" });
    },
  );

  it("registers nothing and keeps its id where nobody answers", async () => {
    await withState("register", "--agent-id", "steady");
    const gone = await standIn([]);
    await gone[Symbol.asyncDispose]();
    expect((await withState("ensure-registered", "--server", gone.url)).code).toBe(7);
    expect(kept()).toEqual({ agent_id: "steady" });
  });
});

describe("alink-cli heartbeat", () => {
  it("extends the lease once; of an agent that isn't registered it says so", async () => {
    await withState("register", "--agent-id", "beating", "--lease-ttl-seconds", "60");
    const { out } = await withState("heartbeat", "--lease-ttl-seconds", "120");
    expect(agentIn(out)).toMatchObject({ agent_id: "beating", lease_ttl_seconds: 120 });
    const unknown = await run(["heartbeat", "nobody"]);
    expect(unknown.code).toBe(4);
    expect(unknown.err).toContain("(agent_not_found)");
    expect((await run(["heartbeat", "--state-file", `${state}.none`])).code).toBe(2);
  });

  it("goes on through a node that is away, and ends when the node has no such agent", async () => {
    const { body } = await node.call<{ agent: AgentRecord }>("POST", "/v1/agents/register", {
      agent_id: "patient",
      transport_kind: "external",
    });
    await using flaky = await standIn([
      [500, problem(500, "internal")],
      [202, body],
      [404, problem(404, "agent_not_found")],
    ]);
    const result = await run(["heartbeat", "patient", "--every", "100ms", "--server", flaky.url]);
    expect(result.code).toBe(4);
    expect(flaky.asked).toHaveLength(3);
    expect(result.out.split("\n").map((line) => agentIn(line).agent_id)).toEqual(["patient"]);
    expect(result.err).toContain("again in 0.1 s");
  });

  it("goes on until it is stopped, and that is no error", async () => {
    await withState("register", "--agent-id", "stopped");
    const child = commandFor(home.dataDir).start(["heartbeat", "stopped", "--every", "1h"]);
    const screen = watch(child.stdout);
    await screen.shows(/"agent_id":"stopped"/);
    child.kill("SIGTERM");
    const { exitCode, stderr } = await child;
    expect(exitCode).toBe(0);
    expect(stderr).toContain("ends before the next heartbeat");
  });
});

describe("alink-cli call --heartbeat", () => {
  it("is heard before the task, of a sender that is an agent of this node", async () => {
    await withState("register", "--agent-id", "caller");
    const before = (await node.call<AgentRecord>("GET", "/v1/agents/caller")).body.last_seen_at;
    const call = ["call", "--target", "helper", "--intent", "x", "--text", "hi", "--heartbeat"];
    const { code, out } = await run([...call, "--state-file", state]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ task: { sender: "caller" } });
    const after = (await node.call<AgentRecord>("GET", "/v1/agents/caller")).body.last_seen_at;
    expect(after > before).toBe(true);
  });

  it("makes no task for a sender that isn't, and says why", async () => {
    const tasks = async () =>
      (await node.call<{ tasks: unknown[] }>("GET", "/v1/tasks?limit=200")).body.tasks.length;
    const before = await tasks();
    const call = ["call", "--target", "helper", "--intent", "x", "--text", "hi", "--heartbeat"];
    const named = await run([...call, "--sender", "stranger"]);
    expect(named.code).toBe(4);
    expect(named.err).toContain("--heartbeat is for an agent of this node, and stranger is none");
    const unnamed = await run(call, { HOME: scratch });
    expect(unnamed.code).toBe(2);
    expect(unnamed.err).toContain("--heartbeat needs a sender");
    expect(await tasks()).toBe(before);
  });
});

it("an agent is listed and shown, and gone with its state file when it is taken out", async () => {
  await withState("register", "--agent-id", "passing");
  const { out } = await run(["agents"]);
  const listed = (JSON.parse(out) as { agents: AgentRecord[] }).agents.map(({ agent_id }) => agent_id);
  expect(listed).toContain("passing");
  expect(listed).toEqual(listed.toSorted());
  expect(JSON.parse((await withState("agent-get")).out)).toMatchObject({ agent_id: "passing" });
  expect((await withState("unregister")).out).toBe('{"agent_id":"passing","status":"offline"}');
  expect(existsSync(state)).toBe(false);
  expect((await run(["unregister", "passing"])).code).toBe(4);
});
