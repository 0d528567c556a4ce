import { expect, it } from "vitest";
import { fakeCommand } from "../programs.ts";
import { createHome, startNode } from "../support.ts";
import { findOlderNode } from "./older-node.ts";
import { createProject, hasRegistry, installClient, typeCheck } from "./packed-client.ts";

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

const canInstall = await hasRegistry();
const olderNode = findOlderNode();

it.skipIf(!canInstall)(
  "our client, packed and installed in an empty project, type-checks and runs a task",
  async () => {
    using project = createProject();
    await installClient(project);
    project.write(
      "typed.ts",
      'import { createClient, type TaskRecord } from "@aethrolink/client";\nexport const task: Promise<TaskRecord> = createClient({}).getTask("x");\n',
    );
    expect(await typeCheck(project, "typed.ts")).toEqual({ code: 0, all: "" });
    // A program for Node alone has no types of a browser.
    expect(await typeCheck(project, "--lib", "es2022", "typed.ts")).toEqual({ code: 0, all: "" });
    project.write("run.mjs", program);

    using home = createHome({
      agent: { command: await fakeCommand(), more: { capabilities: ["test.run"] } },
    });
    await using node = await startNode(home);
    // Under the Node of this run, and under an older one of the machine's.
    for (const runner of olderNode === undefined ? [process.execPath] : [process.execPath, olderNode]) {
      const { code, all } = await project.run(runner, "run.mjs", node.url, node.token);
      expect({ runner, code, all }).toEqual({
        runner,
        code: 0,
        all: '{"text":"echo: from elsewhere","last":"task.completed"}',
      });
    }
  },
);
