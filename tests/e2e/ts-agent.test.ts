/** The example in docs/examples/ts-agent, as its README says to use it. */
import { copyFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { beforeAll, describe, expect, it } from "vitest";
import { fakeCommand } from "../programs.ts";
import { createHome, startNode } from "../support.ts";
import { createProject, hasRegistry, installClient, type Project, typeCheck } from "./packed-client.ts";

const example = fileURLToPath(new URL("../../docs/examples/ts-agent/", import.meta.url));
const canInstall = await hasRegistry();

describe.skipIf(!canInstall)("the example ts-agent", () => {
  let project: Project;
  beforeAll(async () => {
    project = createProject();
    for (const name of ["package.json", "index.ts"]) copyFileSync(example + name, join(project.path, name));
    await installClient(project);
    return () => project[Symbol.dispose]();
  });

  // It needs a Node that is newer than the machine's may be.
  const path = dirname(process.execPath) + delimiter + process.env["PATH"];
  const start = (server: string, token: string, ...args: string[]) =>
    execa("npm", ["start", "--silent", "--", ...args], {
      cwd: project.path,
      env: { AETHROLINK_SERVER: server, AETHROLINK_TOKEN: token, PATH: path },
      reject: false,
    });

  it("type-checks", async () => {
    expect(await typeCheck(project, "--allowImportingTsExtensions", "index.ts")).toEqual({
      code: 0,
      all: "",
    });
  });

  it("gives a task, follows it, and says how it ended", async () => {
    using home = createHome({
      agent: { command: await fakeCommand(), more: { capabilities: ["demo.echo"] } },
    });
    await using node = await startNode(home);
    const { stdout, stderr, exitCode } = await start(node.url, node.token, "demo.echo", "hello");
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    expect(stdout).toMatch(
      /went to agent\n(.*\n)*task.running\n… echo: hello\ntask.completed\ncompleted: echo: hello$/,
    );
  });

  it("says what is wrong by the code of the error", async () => {
    using home = createHome();
    await using node = await startNode(home);
    const { stderr, exitCode } = await start(node.url, node.token, "no.such.intent");
    expect({ stderr, exitCode }).toEqual({
      stderr: expect.stringMatching(/^route_not_found: /),
      exitCode: 1,
    });
    const stranger = await start(node.url, "no token of its");
    expect(stranger).toMatchObject({ stderr: expect.stringMatching(/^unauthorized: /), exitCode: 1 });
  });

  it("says that no node is there", async () => {
    using home = createHome();
    const node = await startNode(home);
    await node.stop();
    const { stderr, exitCode } = await start(node.url, node.token);
    expect({ stderr, exitCode }).toEqual({
      stderr: expect.stringMatching(/Is a node running\?$/),
      exitCode: 1,
    });
  });
});
