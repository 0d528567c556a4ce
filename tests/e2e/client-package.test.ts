import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { expect, it } from "vitest";
import { fakeCommand } from "../programs.ts";
import { createHome, startNode } from "../support.ts";
import { createProject, installClient, typeCheck } from "./packed-client.ts";

const example = fileURLToPath(new URL("../../docs/examples/ts-agent/index.ts", import.meta.url));

const program = `
import { createClient, waitForTask } from "@aethrolink/client";
const [, , baseUrl, token] = process.argv;
const node = createClient({ baseUrl, token });
const { task } = await node.createTask({ intent: "test.run", payload: { text: "from elsewhere" } });
const kinds = [];
for await (const event of node.streamTaskEvents(task.task_id)) kinds.push(event.kind);
const done = await waitForTask(task.task_id, { baseUrl, token });
console.log(JSON.stringify({ text: done.result.text, last: kinds.at(-1) }));
`;

it("our client, packed and installed in an empty project, type-checks and runs a task", async () => {
  using project = createProject();
  await installClient(project);
  project.write(
    "typed.ts",
    'import { createClient, type TaskRecord } from "@aethrolink/client";\nexport const task: Promise<TaskRecord> = createClient({}).getTask("x");\n',
  );
  expect(await typeCheck(project, "typed.ts")).toEqual({ code: 0, all: "" });
  project.write("run.mjs", program);

  using home = createHome({ agent: { command: await fakeCommand(), more: { capabilities: ["test.run"] } } });
  await using node = await startNode(home);
  // Under the Node of this run, and under the machine's own, which may be Node 20.
  for (const runner of [process.execPath, "node"]) {
    const { code, all } = await project.run(runner, "run.mjs", node.url, node.token);
    expect({ runner, code, all }).toEqual({
      runner,
      code: 0,
      all: '{"text":"echo: from elsewhere","last":"task.completed"}',
    });
  }
});

it("the example ts-agent type-checks, gives a task and follows it, and says what is wrong", async () => {
  using project = createProject();
  await installClient(project);
  copyFileSync(example, join(project.path, "index.ts"));
  const checked = await typeCheck(project, "--allowImportingTsExtensions", "index.ts");
  expect(checked).toEqual({ code: 0, all: "" });

  using home = createHome({ agent: { command: await fakeCommand(), more: { capabilities: ["demo.echo"] } } });
  await using node = await startNode(home);
  const run = (...args: string[]) =>
    execa(process.execPath, ["index.ts", ...args], {
      cwd: project.path,
      env: { AETHROLINK_SERVER: node.url, AETHROLINK_TOKEN: node.token },
      reject: false,
    });
  const good = await run("demo.echo", "hello");
  expect(good.stdout).toMatch(
    /went to agent\n(.*\n)*task.running\n… echo: hello\ntask.completed\ncompleted: echo: hello$/,
  );
  const bad = await run("no.such.intent");
  expect({ code: bad.exitCode, says: bad.stderr }).toEqual({
    code: 1,
    says: expect.stringMatching(/^route_not_found: /),
  });
});
