/** Two whole nodes in this process, which reach each other without any network. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { expect, it } from "vitest";
import { createClient } from "#generated/client/src/index.ts";
import { readConfig } from "#src/config.ts";
import { startNode } from "#src/main.ts";
import { createLoopback, type Loopback } from "#src/network/transports/loopback.ts";

async function openNode(hub: Loopback, name: string) {
  const dir = mkdtempSync(join(tmpdir(), `aethrolink-${name}-`));
  const dataDir = join(dir, "data");
  const config = readConfig(["--data-dir", dataDir, "--port", "0", "--peer-sync-interval", "0"], {});
  const node = await startNode(config, pino({ level: "silent" }), {
    loopback: { hub, address: `loopback://${name}` },
  });
  const token = readFileSync(join(dataDir, "operator.token"), "utf8").trim();
  return {
    client: createClient({ baseUrl: node.url, token }),
    stop: () => node.stop(),
    async [Symbol.asyncDispose]() {
      await node.stop();
      rmSync(dir, { recursive: true });
    },
  };
}

it("nodes of one process are paired, signed and refused as any others are", async () => {
  const hub = createLoopback();
  await using a = await openNode(hub, "a");
  await using b = await openNode(hub, "b");
  const { code, base_url } = await a.client.invitePeer({});
  expect(base_url).toBe("loopback://a");
  const joined = await b.client.joinPeer({ code, peer_id: "a-node", as: "b-node" });
  expect(joined).toMatchObject({ base_url: "loopback://a", trust: "trusted", status: "online" });
  expect(await a.client.syncPeer("b-node", {})).toMatchObject({ peer: { status: "online" }, targets: [] });
  await expect(b.client.joinPeer({ code })).rejects.toMatchObject({ code: "pairing_refused" });
  await a.client.blockPeer("b-node", {});
  await expect(b.client.syncPeer("a-node", {})).rejects.toMatchObject({ code: "peer_unreachable" });
  await a.client.trustPeer("b-node", {});
  expect(await b.client.syncPeer("a-node", {})).toMatchObject({ peer: { status: "online" } });
  await a.stop();
  await expect(b.client.syncPeer("a-node", {})).rejects.toMatchObject({ code: "peer_unreachable" });
});
