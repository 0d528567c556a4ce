/** A node under requests that Schemathesis makes of its own document, right ones and wrong ones. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { expect, it } from "vitest";
import { operations } from "#contracts/openapi/operations.ts";
import { ed25519Identity, makeKey } from "#src/network/identity/ed25519.ts";
import { fakeCommand } from "../programs.ts";
import { findPythonProgram } from "../python-package.ts";
import { createHome, startNode, type TestNode } from "../support.ts";

const found = await findPythonProgram({
  name: "schemathesis",
  version: "4.32.5",
  program: "schemathesis",
  check: ["--version"],
});
if ("missing" in found) {
  if (process.env["CI"] === "true") throw new Error(found.missing);
  process.stderr.write(`the test with Schemathesis is skipped: ${found.missing}\n`);
}

const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Things that requests can name, by the name of the parameter. */
async function seed(
  node: TestNode,
  other: TestNode,
): Promise<Record<string, string | readonly string[] | null>> {
  const own = await node.call<{ tokens: { token_id: string }[] }>("GET", "/v1/tokens");
  const made = await node.call<{ record: { token_id: string } }>("POST", "/v1/tokens", { role: "reader" });
  const large = { mode: "flood", chunks: 3000, size: 16 };
  const { task_id } = await node.submit({ payload: large });
  const { result_artifact_id } = await node.task(task_id, 30);
  await node.submit({ payload: { text: "another" } });
  // At a target of its own: a request that stops the other would end it.
  const payload = { mode: "questions", count: 20 };
  const asking = await node.submit({ payload, target_runtime: "asking", intent: "test.ask" });
  const questions = await askedOf(node, asking.task_id, 20);
  const two = { agent_a_id: "agent", agent_b_id: "second" };
  const opened = await node.call<{ thread: { thread_id: string } }>("POST", "/v1/threads", two);
  const agents = await Promise.all(
    Array.from({ length: 21 }, async () => {
      const request = { transport_kind: "external", metadata: { seeded: true } };
      const { body } = await node.call<{ agent: { agent_id: string } }>(
        "POST",
        "/v1/agents/register",
        request,
      );
      return body.agent.agent_id;
    }),
  );
  const page = await node.call<{ next_cursor: string | null }>("GET", "/v1/tasks?limit=1");
  const nodes = await seedPeers(node, other);
  return {
    ...nodes,
    task_id,
    artifact_id: result_artifact_id,
    token_id: made.body.record.token_id,
    own_token_id: own.body.tokens[0]?.token_id ?? null,
    target_id: "agent",
    runtime_id: "agent",
    intent: "test.run",
    asking: asking.task_id,
    asking_target: "asking",
    questions,
    thread_id: opened.body.thread.thread_id,
    ...two,
    agent_id: agents[0] ?? null,
    agents: agents.slice(1),
    cursor: page.body.next_cursor,
  };
}

/** A peer that answers, peers that nothing needs, and codes of the other node. */
async function seedPeers(node: TestNode, other: TestNode) {
  const code = async () => (await other.call<{ code: string }>("POST", "/v1/peers/invite", {})).body.code;
  const peer_id = "neighbour";
  const join = { code: await code(), peer_id, as: "asked" };
  expect((await node.call("POST", "/v1/peers/join", join)).status).toBe(201);
  const spare_peers: string[] = [];
  for (let n = 0; n < 60; n++) {
    const spare = {
      peer_id: `spare-${n}`,
      base_url: "https://127.0.0.1:9",
      node_id: ed25519Identity(makeKey()).nodeId,
    };
    expect((await node.call("POST", "/v1/peers", spare)).status).toBe(201);
    spare_peers.push(spare.peer_id);
  }
  const codes: string[] = [];
  for (let n = 0; n < 40; n++) codes.push(await code());
  return { peer_id, spare_peers, codes };
}

/** The ids of so many open questions, as soon as they are. */
async function askedOf(node: TestNode, task_id: string, count: number): Promise<string[]> {
  const ids: string[] = [];
  for await (const event of node.events(task_id)) {
    if (event.kind === "task.awaiting_input") ids.push(event.data.request_id);
    if (ids.length === count) return ids;
  }
  throw new Error("the task ended before it had asked");
}

/** Runs it in a directory, in which it leaves its report. */
async function runSchemathesis(program: string, directory: string, node: TestNode, other: TestNode) {
  const document = join(directory, "openapi.json");
  writeFileSync(document, await (await fetch(`${node.url}/openapi.json`)).text());
  const seeded = await seed(node, other);
  expect(Object.entries(seeded).filter(([, id]) => id === null)).toEqual([]);
  const authorization = `Authorization: Bearer ${node.token}`;
  const { exitCode, all } = await execa(
    program,
    [
      ...["--config-file", beside("schemathesis.toml"), "run", document, "--url", node.url],
      ...["--header", authorization, "--checks", "all", "--seed", "7", "--max-examples", "20"],
      // Only a node can sign.
      ...["--exclude-path-regex", "^/v1/node/(pair|rotate)$"],
      ...["--report", "har", "--report-dir", directory],
    ],
    {
      env: {
        SEEDED: JSON.stringify(seeded),
        SCHEMATHESIS_HOOKS: "schemathesis_hooks",
        PYTHONPATH: beside("."),
        PYTHONDONTWRITEBYTECODE: "1",
      },
      cwd: directory,
      reject: false,
      all: true,
    },
  );
  return { exitCode, all };
}

/** The operations that answered with a 2xx. */
function succeeded(directory: string): Set<string> {
  const file = readdirSync(directory).find((name) => name.startsWith("har")) ?? "";
  const { log } = JSON.parse(readFileSync(join(directory, file), "utf8")) as {
    log: { entries: { request: { method: string; url: string }; response: { status: number } }[] };
  };
  const good = log.entries.filter(({ response }) => response.status >= 200 && response.status < 300);
  return new Set(
    good.flatMap(({ request }) => operationOf(request.method, new URL(request.url).pathname) ?? []),
  );
}

function operationOf(method: string, pathname: string): string | undefined {
  const shape = (path: string) => new RegExp(`^${path.replaceAll(".", "\\.").replace(/\{\w+\}/g, "[^/]+")}$`);
  const match = operations().find(
    (operation) => operation.method === method.toLowerCase() && shape(operation.path).test(pathname),
  );
  return match?.operationId;
}

it.skipIf("missing" in found)(
  "Schemathesis finds nothing, and every operation answered 2xx at least once",
  async () => {
    using home = createHome({
      agent: { command: await fakeCommand(), more: { capabilities: ["test.run"] } },
      second: { command: await fakeCommand(), more: { capabilities: ["test.talk"] } },
      asking: { command: await fakeCommand(), more: { capabilities: ["test.ask"] } },
    });
    using beside = createHome();
    await using other = await startNode(beside);
    await using node = await startNode(home);
    const { exitCode, all } = await runSchemathesis(
      "program" in found ? found.program : "",
      home.path,
      node,
      other,
    );
    const figures = all.split("\n").filter((line) => /generated,|in [\d.]+s/.test(line));
    process.stdout.write(`${figures.join("\n")}\n`);
    const answered = succeeded(home.path);
    const missing = operations().filter(({ operationId, signed }) => !signed && !answered.has(operationId));
    expect(missing.map(({ operationId }) => operationId)).toEqual([]);
    expect({ exitCode, all: exitCode === 0 ? "" : all }).toEqual({ exitCode: 0, all: "" });
  },
  400_000,
);
