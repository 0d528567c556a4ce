/** `alink-cli doctor`, `runtime-launches` and `registry-reload`: finding what is wrong, and mending it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fakeCommand, fixtureCommand } from "../../programs.ts";
import { createHome, type Home, startNode, type TestNode } from "../../support.ts";
import { commandFor, hasTerminal } from "./command.ts";

interface Report {
  readonly ok: boolean;
  readonly findings: { check: string; target?: string; mark: string; says: string; advice?: string }[];
}

let home: Home;
let node: TestNode;
let cli: ReturnType<typeof commandFor>;

beforeAll(async () => {
  home = createHome({
    well: { command: await fakeCommand() },
    dying: { command: await fakeCommand("--mode", "launch_fail") },
    absent: { command: ["no-such-agent", "acp"] },
    silent: {
      command: fixtureCommand("deaf"),
      more: { defaults: { initialize_timeout_ms: 200 } },
    },
  });
  node = await startNode(home);
  cli = commandFor(home.dataDir);
});
afterAll(async () => {
  await node[Symbol.asyncDispose]();
  home[Symbol.dispose]();
});

async function examine(args: readonly string[], env: object = {}) {
  const { code, out } = await cli.run(["doctor", "--json", ...args], env);
  const report = JSON.parse(out) as Report;
  const lines = report.findings.map(({ mark, target, check }) =>
    [mark, target, check].filter((part) => part !== undefined).join(" "),
  );
  return { code, ...report, lines };
}

describe("the doctor", () => {
  it("tells of each target what is well and what isn't, in lines, and exits with 9", async () => {
    const { code, out } = await cli.run(["doctor"]);
    expect(code).toBe(9);
    const lines = out.split("\n");
    expect(lines.map((line) => line.slice(0, line.indexOf(":")))).toEqual([
      "ok   node",
      "ok   token",
      "ok   well command",
      "ok   well greeting",
      "ok   well announces",
      "ok   well login",
      "ok   dying command",
      "fail dying greeting",
      "fail absent command",
      "ok   silent command",
      "fail silent greeting",
    ]);
    const at = (start: string) => lines.find((line) => line.startsWith(start));
    expect(at("ok   node")).toBe(`ok   node: AethroLink 0.1.0 answers at ${node.url}`);
    expect(at("ok   token")).toContain(join(home.dataDir, "operator.token"));
    expect(at("ok   well greeting")).toMatch(/fake-acp-client-agent \d+\.\d+\.\d+ answered$/);
    expect(at("ok   well announces")).toMatch(/sessions: .*close.*; prompts: text/);
    expect(at("fail dying")).toMatch(
      /code 1 .*see launch \w{26} → see what it wrote: alink-cli runtime-launches dying/,
    );
    expect(at("fail absent")).toMatch(
      /command not found: no-such-agent; see launch \w{26} → install no-such-agent, or/,
    );
    expect(at("fail silent")).toMatch(/initialize gave no answer in 200 ms/);
  });

  it("of one target exits with 0 when that is well, and leaves its process up", async () => {
    expect(await examine(["--target", "well"])).toMatchObject({
      code: 0,
      ok: true,
      lines: [
        "ok node",
        "ok token",
        "ok well command",
        "ok well greeting",
        "ok well announces",
        "ok well login",
      ],
    });
    const { body } = await node.call<{ healthy: boolean }>("GET", "/v1/runtimes/well/health");
    expect(body.healthy).toBe(true);
    expect(await examine(["--target", "nobody"])).toMatchObject({
      code: 9,
      lines: ["ok node", "ok token", "fail targets"],
    });
  });

  it("tells a token that isn't accepted from one that may only read, and where it is from", async () => {
    const wrong = await examine([], { AETHROLINK_TOKEN: "alink_wrong" });
    expect(wrong).toMatchObject({ code: 9, lines: ["ok node", "fail token"] });
    expect(wrong.findings[1]?.says).toMatch(/^that of AETHROLINK_TOKEN; This token is not valid/);
    const { body } = await node.call<{ token: string }>("POST", "/v1/tokens", { role: "reader" });
    const reader = await examine(["--target", "well"], { AETHROLINK_TOKEN: body.token });
    expect(reader).toMatchObject({ code: 0, lines: ["ok node", "warn token", "warn well greeting"] });
    expect(reader.findings[1]?.says).toMatch(/is accepted, but may only read$/);
  });

  it("says of an agent's token that it is one", async () => {
    const { body } = await node.call<{ token: string }>("POST", "/v1/tokens", { role: "agent:scribe" });
    const agent = await examine(["--target", "well"], { AETHROLINK_TOKEN: body.token });
    expect(agent).toMatchObject({ code: 0, lines: ["ok node", "warn token", "warn well greeting"] });
    expect(agent.findings[1]?.says).toBe("that of AETHROLINK_TOKEN is accepted, as an agent's");
  });

  it("without a node says how to start it, and looks at the registry and its programs", async () => {
    const dataDir = join(home.path, "down");
    const down = commandFor(dataDir);
    const nothing = await down.run(["doctor", "--server", "http://127.0.0.1:9"]);
    expect(nothing.code).toBe(9);
    expect(nothing.out).toMatch(/^fail node: No answer from .* → start one with `npm start`/);
    expect(nothing.out).toMatch(/\nwarn registry: there is none at .* → .*alink-cli init/);
    mkdirSync(dataDir);
    const registry = join(dataDir, "registry.yaml");
    writeFileSync(
      registry,
      "runtimes: { a: { launch: { command: [no-such-agent] } }, b: { launch: { commands: { x: [sh] } } } }",
    );
    const { out } = await down.run(["doctor", "--server", "http://127.0.0.1:9"]);
    expect(out.split("\n").slice(1)).toEqual([
      `ok   registry: ${registry} names 2 target(s); a node checks the rest of it when it starts`,
      "fail a command: no-such-agent is not there → install it, or give its whole path in the registry",
      "ok   b command: sh is there",
    ]);
    writeFileSync(registry, "runtimes: {");
    const broken = await down.run(["doctor", "--server", "http://127.0.0.1:9"]);
    expect(broken.out).toMatch(/\nfail registry: .*registry.yaml: .*line 1.* → mend it there/);
  });
});

describe("the launches of a runtime", () => {
  it("are listed newest first, page by page, for the operator alone", async () => {
    for (let n = 0; n < 2; n++) await cli.run(["runtime-start", "dying"]);
    const pages: string[][] = [];
    let cursor: string | null = null;
    do {
      const args: string[] = cursor === null ? [] : ["--cursor", cursor];
      const { out } = await cli.run(["runtime-launches", "dying", "--limit", "2", ...args]);
      const page = JSON.parse(out) as { launches: { launch_id: string }[]; next_cursor: string | null };
      pages.push(page.launches.map(({ launch_id }) => launch_id));
      cursor = page.next_cursor;
    } while (cursor !== null);
    const ids = pages.flat();
    expect(pages.slice(0, -1).every((page) => page.length === 2)).toBe(true);
    expect(ids).toEqual([...new Set(ids)].sort().reverse());
    expect(ids.length).toBeGreaterThan(2);
    const { body } = await node.call<{ token: string }>("POST", "/v1/tokens", { role: "reader" });
    const reader = await cli.run(["runtime-launches", "dying"], { AETHROLINK_TOKEN: body.token });
    expect(reader).toMatchObject({ code: 6, out: "" });
  });

  it("are looked at without starting anything", async () => {
    const before = await cli.run(["runtime-launches", "absent"]);
    await node.call("GET", "/v1/runtimes/absent/launches");
    await node.call("GET", "/v1/runtimes/absent/health");
    expect(await cli.run(["runtime-launches", "absent"])).toEqual(before);
  });

  it.runIf(hasTerminal)("show at a terminal why they failed and what was written", async () => {
    const { shown } = await cli.terminal("runtime-launches", "dying", "--limit", "1").end();
    const text = shown.replaceAll("\r\n", "\n");
    expect(text).toMatch(/^LAUNCH +STATUS +CONTEXT +PID +STARTED +ENDED +WHY\n\w{26} +failed +default +\d+ /);
    expect(text).toMatch(/\n {2}node exited with code 1 before it was ready\n {2}\| .+\n/);
    expect(text).toMatch(/\nThere are more: --cursor \S+\n$/);
  });
});

describe("a reload", () => {
  const entry = async (...flags: string[]) => ({ command: await fakeCommand(...flags) });

  it("takes over the file at once, by call and by SIGHUP, and a new target can be used", async () => {
    using place = createHome({ one: await entry() });
    await using own = await startNode(place);
    const my = commandFor(place.dataDir);
    place.setRegistry({ one: await entry(), two: await entry() });
    expect(JSON.parse((await my.run(["registry-reload"])).out)).toEqual({
      targets: ["one", "two"],
      added: ["two"],
      changed: [],
      removed: [],
    });
    const { task_id } = await own.submit({ target_runtime: "two", payload: { text: "hello" } });
    expect(await own.task(task_id, 30)).toMatchObject({ status: "completed" });
    place.setRegistry({ two: await entry() });
    own.process.kill("SIGHUP");
    await said(own, /"removed":\["one"\]/);
    expect(await my.run(["runtime-health", "one"])).toMatchObject({ code: 4 });
  });

  it("of a file with mistakes names line and column, changes nothing, and is logged at SIGHUP", async () => {
    using place = createHome({ one: await entry() });
    await using own = await startNode(place);
    writeFileSync(place.registry, "runtimes:\n  one:\n    adaptor: acp\n");
    const refused = await own.call("POST", "/v1/registry/reload");
    expect(refused).toMatchObject({ status: 422, body: { code: "registry_invalid" } });
    expect((refused.body as { errors: unknown[] }).errors).toContainEqual({
      path: "runtimes.one.adaptor",
      message: "line 3, column 5: is not known here",
    });
    const { code, err } = await commandFor(place.dataDir).run(["registry-reload"]);
    expect(code).toBe(3);
    expect(err).toMatch(/Nothing was changed: .*registry.yaml:2:3: .* \(and 1 more\) \(registry_invalid\)\n/);
    expect(err).toMatch(/\n {2}runtimes.one.adaptor: line 3, column 5: is not known here$/);
    own.process.kill("SIGHUP");
    await said(own, /the registry was not taken over/);
    const { task_id } = await own.submit({ target_runtime: "one", payload: { text: "hello" } });
    expect(await own.task(task_id, 30)).toMatchObject({ status: "completed" });
  });

  it("starts a runtime anew whose command is another, and ends the process that it had", async () => {
    using place = createHome({ one: await entry() });
    await using own = await startNode(place);
    const start = async () =>
      (await own.call<{ process_id: number; started: boolean }>("POST", "/v1/runtimes/one/start")).body;
    const { process_id: former } = await start();
    place.setRegistry({ one: await entry("--mode", "success") });
    expect((await own.call("POST", "/v1/registry/reload")).body).toMatchObject({ changed: ["one"] });
    const now = await start();
    expect(now.started).toBe(true);
    expect(now.process_id).not.toBe(former);
    expect(() => process.kill(former, 0)).toThrow(/ESRCH/);
    const { task_id } = await own.submit({ target_runtime: "one", payload: { text: "hello" } });
    expect((await own.task(task_id, 30)).result?.text).toBe("one two three");
  });
});

/** Resolves when the node's log has something that fits. */
async function said(from: TestNode, pattern: RegExp): Promise<void> {
  while (!pattern.test(from.stderr())) {
    await new Promise((resolve) => from.process.stderr?.once("data", resolve));
  }
}
