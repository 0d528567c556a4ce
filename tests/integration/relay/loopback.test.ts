/** Two whole nodes in this process, of which one gives the other a task, without any network. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { expect, it } from "vitest";
import { createClient } from "#generated/client/src/index.ts";
import { readConfig } from "#src/config.ts";
import { startNode } from "#src/main.ts";
import { createLoopback, type Loopback } from "#src/network/transports/loopback.ts";
import { fakeCommand, registryText, type TargetEntry } from "../../programs.ts";

async function openNode(hub: Loopback, name: string, targets: { readonly [name: string]: TargetEntry }) {
  const dir = mkdtempSync(join(tmpdir(), `aethrolink-${name}-`));
  const registry = join(dir, "registry.yaml");
  writeFileSync(registry, registryText(targets));
  const dataDir = join(dir, "data");
  const args = ["--data-dir", dataDir, "--port", "0", "--registry", registry, "--peer-sync-interval", "0"];
  const node = await startNode(readConfig(args, {}), pino({ level: "silent" }), {
    loopback: { hub, address: `loopback://${name}` },
  });
  const token = readFileSync(join(dataDir, "operator.token"), "utf8").trim();
  return {
    client: createClient({ baseUrl: node.url, token }),
    async [Symbol.asyncDispose]() {
      await node.stop();
      rmSync(dir, { recursive: true });
    },
  };
}

it("nodes of one process delegate, ask, cancel and fetch as any others do", async () => {
  const hub = createLoopback();
  await using desk = await openNode(hub, "desk", {});
  await using build = await openNode(hub, "build", {
    fake: { command: await fakeCommand(), more: { capabilities: ["code.build"] } },
  });
  const { code } = await build.client.invitePeer({});
  await desk.client.joinPeer({ code, peer_id: "build", as: "desk" });
  await desk.client.syncPeer("build", {});
  const give = async (payload: object) => {
    const request = { intent: "code.build", payload: payload as { [key: string]: string } };
    return (await desk.client.createTask(request)).task.task_id;
  };
  const echoed = await give({ text: "Say exactly hello" });
  expect(await desk.client.getTask(echoed, { wait: 30 })).toMatchObject({
    status: "completed",
    result: { text: "hello" },
  });
  const asking = await give({ mode: "permission" });
  const asked = await desk.client.getTask(asking, { wait: 30 });
  expect(asked.awaiting).toMatchObject([{ kind: "permission" }]);
  await desk.client.resumeTask(asking, { payload: { approved: true } });
  expect((await desk.client.getTask(asking, { wait: 30 })).result?.text).toBe("permission: allow_once");
  const endless = await give({ mode: "cancelled" });
  await desk.client.cancelTask(endless, {});
  expect(await desk.client.getTask(endless, { wait: 30 })).toMatchObject({ status: "cancelled" });
  const large = await give({ mode: "flood", chunks: 3000, size: 16 });
  const { result_artifact_id } = await desk.client.getTask(large, { wait: 30 });
  expect(result_artifact_id).toMatch(/^01/);
});
