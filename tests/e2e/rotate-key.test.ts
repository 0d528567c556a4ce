/** A new key for a stopped node, by the real program, while its peer runs. */

import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { expect, it } from "vitest";
import { createClient } from "#generated/client/src/index.ts";
import { createHome, startNode, type TestNode } from "../support.ts";

const program = fileURLToPath(new URL("../../cli/bin/alink-node.mjs", import.meta.url));

const clientOf = ({ url, token }: TestNode) => createClient({ baseUrl: url, token });
const rotate = (dataDir: string, ...more: string[]) =>
  execa(process.execPath, [program, "rotate-key", "--data-dir", dataDir, ...more], { reject: false });

it("rotate-key gives a node a new key that its peers believe, or changes nothing", async () => {
  using here = createHome();
  using there = createHome();
  const first = await startNode(here);
  const before = (await clientOf(first).getNodeHealth()).node_id;
  {
    await using other = await startNode(there);
    const { code } = await clientOf(first).invitePeer({});
    await clientOf(other).joinPeer({ code, peer_id: "rotating", as: "steady" });
    expect(await rotate(here.dataDir)).toMatchObject({ exitCode: 73 });
    await first.stop();
    const rotated = await rotate(here.dataDir);
    expect(rotated).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("1 of 1 peer(s) know it") });
    const [peer] = (await clientOf(other).listPeers()).peers;
    expect(rotated.stdout).toContain(peer?.node_id);
    expect(peer?.node_id).not.toBe(before);
    await using again = await startNode(here);
    expect((await clientOf(again).getNodeHealth()).node_id).toBe(peer?.node_id);
    expect(await clientOf(again).syncPeer("steady", {})).toMatchObject({ peer: { status: "online" } });
  }
  const alone = await rotate(here.dataDir);
  expect(alone).toMatchObject({ exitCode: 69, stderr: expect.stringMatching(/nothing was changed: steady/) });
  expect(await rotate(here.dataDir, "--force")).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/0 of 1 peer\(s\) know it[\s\S]*peer-trust/),
  });
});
