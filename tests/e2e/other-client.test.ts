import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { fakeCommand } from "../programs.ts";
import { createHome, startNode } from "../support.ts";
import { createProject, hasRegistry, typeCheck } from "./packed-client.ts";

const document = fileURLToPath(new URL("../../generated/openapi.json", import.meta.url));

const program = `
import createClient from "openapi-fetch";
import type { paths } from "./api.ts";
const [, , baseUrl = "", token = ""] = process.argv;
const node = createClient<paths>({ baseUrl, headers: { Authorization: \`Bearer \${token}\` } });
const made = await node.POST("/v1/tasks", { body: { intent: "test.run", payload: { text: "by another client" } } });
if (made.data === undefined) throw new Error(made.error?.detail);
const path = { task_id: made.data.task.task_id };
const done = await node.GET("/v1/tasks/{task_id}", { params: { path, query: { wait: 30 } } });
console.log(done.data?.status, done.data?.result?.text);
const missing = await node.GET("/v1/tasks/{task_id}", { params: { path: { task_id: "01KAT3Q4V5W6X7Y8Z9A0B1C2D3" } } });
console.log(missing.error?.code);
`;

const canInstall = await hasRegistry();

it.skipIf(!canInstall)(
  "a client that another generator makes of the document, in an empty directory, runs a task",
  async () => {
    using project = createProject();
    copyFileSync(document, join(project.path, "openapi.json"));
    const packages = ["openapi-typescript@7.10.1", "openapi-fetch@0.15.0", "typescript@5.9.3"];
    const install = await project.run("npm", "install", "--no-audit", "--no-fund", ...packages);
    expect(install).toMatchObject({ code: 0 });
    const generate = await project.run(
      "npx",
      "--no-install",
      "openapi-typescript",
      "openapi.json",
      "-o",
      "api.ts",
    );
    expect(generate).toMatchObject({ code: 0 });
    project.write("run.ts", program);
    const checked = await typeCheck(project, "--allowImportingTsExtensions", "--skipLibCheck", "run.ts");
    expect(checked).toEqual({ code: 0, all: "" });

    using home = createHome({
      agent: { command: await fakeCommand(), more: { capabilities: ["test.run"] } },
    });
    await using node = await startNode(home);
    const ran = await project.run(process.execPath, "run.ts", node.url, node.token);
    expect(ran).toEqual({ code: 0, all: "completed echo: by another client\ntask_not_found" });
  },
);
