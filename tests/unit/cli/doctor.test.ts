import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { RuntimeProbe, TargetSpec } from "#generated/client/src/index.ts";
import { checkToken } from "../../../cli/doctor/check-node.ts";
import { checkTarget } from "../../../cli/doctor/check-target.ts";
import { lineOf } from "../../../cli/doctor/finding.ts";

const target = { target_id: "research", command: ["agent", "acp"] } as unknown as TargetSpec;
const launch_id = "01KAT3Q4V5W6X7Y8Z9A0B1C2D3";

/** What the doctor says of a target whose probe is answered so. */
async function linesFor(status: number, answer: object, of = target): Promise<string[]> {
  const body = JSON.stringify(answer);
  const type = status < 400 ? "application/json" : "application/problem+json";
  const call = {
    baseUrl: "http://127.0.0.1:1",
    fetch: async () => new Response(body, { status, headers: { "content-type": type } }),
  };
  const found = await checkTarget(of, call);
  return found.map((finding) => lineOf({ target: of.target_id, ...finding }));
}

const problemOf = (code: string, status: number) => ({
  type: "x",
  title: "x",
  status,
  code,
  detail: "It is so.",
  error: "",
  request_id: "1",
});

const told = (probe: Partial<RuntimeProbe>) => ({
  runtime_id: "research",
  command_found: true,
  launch_id,
  capabilities: {},
  ...probe,
});
const probed = (probe: Partial<RuntimeProbe>) => linesFor(200, told(probe));

/** The probe of a runtime that announces what was recorded of a real one. */
function recorded(runtime: string): Partial<RuntimeProbe> {
  const file = new URL(`../../fixtures/wire/${runtime}-basic.jsonl`, import.meta.url);
  const line = readFileSync(file, "utf8")
    .split("\n")
    .find((text) => text.includes('"agentCapabilities"'));
  const { agentInfo, agentCapabilities, authMethods } = JSON.parse(line ?? "").msg.result;
  return {
    name: agentInfo.name,
    version: agentInfo.version,
    capabilities: agentCapabilities,
    ...(authMethods.length === 0 ? { auth_required: false } : { auth_methods: authMethods }),
  };
}

it("says of the real OpenClaw what it can, and that it asks for no login", async () => {
  expect(await probed(recorded("openclaw"))).toEqual([
    "ok   research command: agent is there",
    "ok   research greeting: openclaw-acp 2026.9.6 answered",
    "ok   research announces: sessions: load, list, resume, close; prompts: text, image, embeddedContext",
    "ok   research login: none is asked for",
  ]);
});

it("says whether what a runtime requires answers", async () => {
  const companions = [
    { name: "gateway", healthy: true },
    { name: "proxy", healthy: false },
  ];
  expect((await probed({ ...recorded("openclaw"), companions })).slice(1, 3)).toEqual([
    "ok   research companion: gateway answers",
    "fail research companion: proxy does not answer → see why: alink-cli runtime-launches research --limit 2",
  ]);
});

it("says of the real Hermes and Gemini how they want a login, in their own words, and claims nothing", async () => {
  const [, , hermesCan, hermes] = await probed(recorded("hermes"));
  expect(hermesCan).toMatch(/sessions: load, fork, list, resume; prompts: text, image$/);
  expect(hermes).toMatch(
    /^warn research login: .* only a first task tells → .*Configure Hermes provider: Open Hermes/,
  );
  const [, , , gemini] = await probed(recorded("gemini"));
  expect(gemini).toMatch(
    /Log in with Google: Log in with your Google account; Gemini API key: Use an API key/,
  );
});

it("says of an agent that announces nothing that its conversations end with its process", async () => {
  expect(await probed({ auth_required: false })).toEqual([
    "ok   research command: agent is there",
    "ok   research greeting: an agent without a name answered",
    "ok   research announces: sessions: new ones only; a conversation ends with its process; prompts: text",
    "ok   research login: none is asked for",
  ]);
});

it("says where a login is missing", async () => {
  expect(await probed({ auth_required: true, error: "Authentication required" })).toEqual([
    "ok   research command: agent is there",
    "fail research login: Authentication required → log in as the runtime says it",
  ]);
});

it("keeps to one line, whatever a runtime says of itself", async () => {
  const lines = await probed({ name: "two\nlines\u001b[31m", version: "1" });
  expect(lines[1]).toBe("ok   research greeting: two lines\u001b[31m 1 answered");
});

it("asks to try again where the former process still works, and to look at the log where the node fails", async () => {
  const problem = (code: string, status: number) => linesFor(status, problemOf(code, status));
  expect(await problem("unavailable", 503)).toEqual(["warn research greeting: It is so. → try again"]);
  expect(await problem("internal", 500)).toEqual([
    "fail research greeting: It is so. (internal) → look at the node's log",
  ]);
});

describe("a token", () => {
  /** What the doctor says of a token to which a node shows these lists alone. */
  async function lineFor(...shown: string[]): Promise<string> {
    const call = {
      baseUrl: "http://127.0.0.1:1",
      fetch: async (url: string | URL | Request) => {
        const isShown = shown.includes(new URL(String(url)).pathname);
        const body = isShown ? { tokens: [], peers: [], agents: [] } : problemOf("forbidden", 403);
        const type = isShown ? "application/json" : "application/problem+json";
        const headers = { "content-type": type };
        return new Response(JSON.stringify(body), { status: isShown ? 200 : 403, headers });
      },
    };
    const { found } = await checkToken({ baseUrl: call.baseUrl, token: "t", tokenFrom: "FILE" }, call);
    return lineOf(found);
  }

  it("is told to be whose it is", async () => {
    const more =
      "give the operator's to have the targets looked at: operator.token of the node's data directory";
    expect(await lineFor("/v1/tokens", "/v1/peers", "/v1/agents")).toBe(
      "ok   token: that of FILE is accepted, as the operator's",
    );
    expect(await lineFor("/v1/peers", "/v1/agents")).toBe(
      `warn token: that of FILE is accepted, but may only read → ${more}`,
    );
    expect(await lineFor("/v1/agents")).toBe(`warn token: that of FILE is accepted, as an agent's → ${more}`);
    expect(await lineFor()).toBe(
      `warn token: that of FILE is accepted, as that of a process which the node started → ${more}`,
    );
  });
});

describe("a server that is reached by HTTP", () => {
  const endpoint = "http://127.0.0.1:8000";
  const server = (mode: "managed" | "external", command: string[] | null = ["serve"]) =>
    ({ target_id: "research", adapter: "acp_http", command, endpoint, launch: { mode } }) as TargetSpec;
  const found = (of: TargetSpec, probe: Partial<RuntimeProbe>) => linesFor(200, told(probe), of);

  it("is well, and tells its agents", async () => {
    const probe = { name: "writer", capabilities: { agents: ["writer", "critic"] }, auth_required: false };
    expect(await found(server("managed"), probe)).toEqual([
      "ok   research command: serve is there",
      `ok   research greeting: ${endpoint} answered; its agent is writer`,
      "ok   research announces: agents: writer, critic",
    ]);
    expect(await found(server("external"), probe)).toHaveLength(2);
  });

  it("has no program", async () => {
    const missing = { command_found: false };
    expect(await found(server("managed"), missing)).toEqual([
      "fail research command: serve is not there → install serve",
    ]);
    expect(await found(server("managed", null), { ...missing, error: "nothing to start" })).toEqual([
      "fail research command: nothing to start → install its program",
    ]);
  });

  it("doesn't answer: what to do depends on who runs it", async () => {
    const error = "no answer";
    expect((await found(server("external"), { error }))[0]).toBe(
      `fail research greeting: no answer → start the server, or mend the endpoint in the registry (${endpoint})`,
    );
    expect((await found(server("managed"), { error }))[1]).toBe(
      "fail research greeting: no answer → see what it wrote: alink-cli runtime-launches research --limit 1",
    );
  });

  it("wants a login, or the choice of an agent", async () => {
    expect((await found(server("external"), { error: "401", auth_required: true }))[0]).toBe(
      "fail research login: 401 → give the headers that it wants in the registry",
    );
    const several = { error: "no agent research", capabilities: { agents: ["a", "b"] } };
    expect(await found(server("external"), several)).toEqual([
      "fail research greeting: no agent research → name one of its agents: defaults: { agent: NAME } in the registry",
      "ok   research announces: agents: a, b",
    ]);
  });
});
