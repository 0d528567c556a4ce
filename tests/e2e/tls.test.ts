/** A node that speaks TLS to other machines, and plainly to the programs of its own. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createClient } from "#generated/client/src/index.ts";
import { createHome, startNode } from "../support.ts";
import { commandFor } from "./cli/command.ts";

const found = spawnSync("openssl", ["version"]).status === 0;

/** A certificate for a loopback address that nobody else believes. */
function certify(directory: string) {
  const cert = join(directory, "cert.pem");
  const key = join(directory, "key.pem");
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const made = spawnSync("openssl", ["req", "-x509", ...curve, "-keyout", key, "-out", cert, ...subject]);
  expect(made.status, String(made.stderr)).toBe(0);
  return { cert, flags: ["--tls-cert", cert, "--tls-key", key, "--peer-sync-interval", "0"] };
}

it.skipIf(!found)("nodes are paired over TLS, if they believe each other's certificates", async () => {
  using here = createHome();
  using there = createHome();
  const { cert, flags } = certify(here.path);
  await using a = await startNode({ ...here, args: flags, env: { NODE_EXTRA_CA_CERTS: cert } });
  await using b = await startNode({ ...there, args: flags, env: { NODE_EXTRA_CA_CERTS: cert } });
  using strange = createHome();
  await using stranger = await startNode({ ...strange, args: flags });
  // The command line reaches it without a certificate.
  expect(a.url).toMatch(/^http:\/\/127\.0\.0\.1:/);
  const invited = await commandFor(here.dataDir).run(["peer-invite"]);
  const { code, base_url } = JSON.parse(invited.out) as { code: string; base_url: string };
  expect(base_url).toMatch(/^https:\/\/127\.0\.0\.1:/);
  const refused = createClient({ baseUrl: stranger.url, token: stranger.token }).joinPeer({ code });
  await expect(refused).rejects.toMatchObject({ code: "peer_unreachable" });
  const joined = createClient({ baseUrl: b.url, token: b.token }).joinPeer({
    code,
    peer_id: "a-node",
    as: "b-node",
  });
  expect(await joined).toMatchObject({ base_url, trust: "trusted", status: "online" });
  const synced = createClient({ baseUrl: a.url, token: a.token }).syncPeer("b-node", {});
  expect(await synced).toMatchObject({ peer: { status: "online" } });
});
