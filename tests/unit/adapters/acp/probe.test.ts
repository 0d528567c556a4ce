import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { freePort } from "../../../free-port.ts";
import { fixtureAgent, openAcpAdapter, patient, targetOf } from "../../../launching.ts";

/** An agent that answers initialize with this, as a program of its own. */
function agentThatAnswers(dir: string, answer: object): string[] {
  const path = join(dir, "agent.mjs");
  writeFileSync(
    path,
    `import { createInterface } from "node:readline";
for await (const line of createInterface({ input: process.stdin })) {
  const { id } = JSON.parse(line);
  process.stdout.write(JSON.stringify({ jsonrpc: "2.0", id, ...${JSON.stringify(answer)} }) + "\\n");
}`,
  );
  return [process.execPath, path];
}

const authMethods = [{ id: "key", name: "API key", description: "Set AGENT_KEY" }];

it("a probe tells name, version, capabilities and ways to log in as they were announced", async () => {
  await using opened = openAcpAdapter();
  const agentCapabilities = { loadSession: true, sessionCapabilities: { close: {} } };
  const result = {
    protocolVersion: 1,
    agentInfo: { name: "some-agent", version: "2.3" },
    agentCapabilities,
    authMethods,
  };
  const target = targetOf(agentThatAnswers(opened.workDir, { result }));
  const probe = await opened.adapter.probe(target, {}, patient);
  // Whether a login is there already can't be told, so nothing is said of it.
  expect(probe).toEqual({
    command_found: true,
    launch_id: opened.ledger.rows()[0]?.launch_id,
    name: "some-agent",
    version: "2.3",
    capabilities: agentCapabilities,
    auth_methods: authMethods,
  });
});

it("a probe of an agent that says nothing of itself makes nothing up", async () => {
  await using opened = openAcpAdapter();
  const target = targetOf(agentThatAnswers(opened.workDir, { result: { protocolVersion: 1 } }));
  expect(await opened.adapter.probe(target, {}, patient)).toEqual({
    command_found: true,
    launch_id: expect.any(String),
    capabilities: {},
    auth_required: false,
  });
});

it("a probe says that no login is missing where the registry has it logged in", async () => {
  await using opened = openAcpAdapter();
  const result = { protocolVersion: 1, authMethods };
  const command = agentThatAnswers(opened.workDir, { result });
  const probe = await opened.adapter.probe(targetOf(command, { auth_method: "key" }), {}, patient);
  expect(probe).toMatchObject({ auth_required: false, auth_methods: authMethods });
  const other = targetOf(command, { target_id: "other", auth_method: "nothing-like-it" });
  expect((await opened.adapter.probe(other, {}, patient)).error).toMatch(/offers no login nothing-like-it/);
});

it("a probe says so where an agent wants a login before it says anything", async () => {
  await using opened = openAcpAdapter();
  const error = { code: -32_000, message: "Authentication required" };
  const target = targetOf(agentThatAnswers(opened.workDir, { error }));
  const probe = await opened.adapter.probe(target, {}, patient);
  expect(probe).toMatchObject({ command_found: true, auth_required: true, capabilities: {} });
  expect(probe.error).toMatch(/Authentication required.*; see launch \w{26}$/);
});

it("a probe of an agent that is silent says how long it waited, and for which launch", async () => {
  await using opened = openAcpAdapter();
  const target = targetOf(fixtureAgent("deaf"));
  const probe = await opened.adapter.probe(target, { initialize_timeout_ms: 100 }, patient);
  expect(probe.command_found).toBe(true);
  expect(probe.error).toBe(`initialize gave no answer in 100 ms; see launch ${probe.launch_id}`);
});

it("a probe tells a program that isn't there from one that may not be run", async () => {
  await using opened = openAcpAdapter();
  const locked = join(opened.workDir, "locked");
  writeFileSync(locked, "#!/bin/sh\n");
  chmodSync(locked, 0o600);
  const absent = await opened.adapter.probe(targetOf(["nowhere-agent"]), {}, patient);
  const forbidden = await opened.adapter.probe(targetOf([locked], { target_id: "locked" }), {}, patient);
  expect([absent.command_found, forbidden.command_found]).toEqual([false, true]);
  expect(forbidden.error).toMatch(/^permission denied/);
});

it("a probe tells whether the program is there, also where the launch failed before it was looked for", async () => {
  await using opened = openAcpAdapter();
  const { launch } = targetOf(["sh"]);
  const cwd = join(opened.workDir, "none");
  const probes = [["sh"], ["nowhere-agent"]].map((command) =>
    opened.adapter.probe(
      targetOf([], { target_id: command[0] ?? "", launch: { ...launch, command, cwd } }),
      {},
      patient,
    ),
  );
  const [there, absent] = await Promise.all(probes);
  expect([there?.command_found, absent?.command_found]).toEqual([true, false]);
  expect(there?.error).toMatch(/^the working directory does not exist: /);
});

it("a probe looks for a program where its process would: in the registry's PATH, and from its directory", async () => {
  await using opened = openAcpAdapter();
  writeFileSync(join(opened.workDir, "own-agent"), "#!/bin/sh\nexit 3\n", { mode: 0o755 });
  const { launch } = targetOf(["own-agent"]);
  const inPath = targetOf([], { target_id: "path", launch: { ...launch, env: { PATH: opened.workDir } } });
  const inCwd = targetOf(["./own-agent"], { target_id: "cwd" });
  for (const target of [inPath, inCwd]) {
    const probe = await opened.adapter.probe(target, {}, patient);
    expect(probe).toMatchObject({
      command_found: true,
      error: expect.stringMatching(/code 3 before it was ready/),
    });
  }
});

it("a probe of an executor that the target doesn't list says which there are", async () => {
  await using opened = openAcpAdapter();
  const target = targetOf(["agent"], { dialect: "hermes" });
  const probe = await opened.adapter.probe(target, { executor: "fast" }, patient);
  expect(probe).toMatchObject({ command_found: false, launch_id: null });
  expect(probe.error).toBe('tested has no executor "fast"; it has: none');
});

it("a probe doesn't take a companion's missing command for the runtime's", async () => {
  await using opened = openAcpAdapter();
  const target = targetOf(fixtureAgent("lingering"));
  const gateway = {
    name: "gateway",
    command: ["/nowhere/gateway"],
    env: {},
    cwd: null,
    healthcheck: `http://127.0.0.1:${await freePort()}/`,
    timeout_ms: 1000,
  };
  const needing = { ...target, launch: { ...target.launch, requires: [gateway] } };
  expect(await opened.adapter.probe(needing, {}, patient)).toMatchObject({
    command_found: true,
    error: expect.stringMatching(/^companion gateway: command not found: \/nowhere\/gateway, see launch /),
  });
});
