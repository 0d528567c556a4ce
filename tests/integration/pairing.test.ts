/** Codes that are no good, names that are taken, and what is called how. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nameOf } from "#src/engine/pairing.ts";
import { ed25519Identity, makeKey } from "#src/network/identity/ed25519.ts";
import { codeOf, openTwoServers, type TwoServers } from "../two-servers.ts";

let two: TwoServers;
beforeEach(async () => {
  two = await openTwoServers();
});
afterEach(() => two[Symbol.asyncDispose]());

const join = (code: string, changes: object = {}) =>
  two.b.call("POST", "/v1/peers/join", { code, base_url: two.b.url, as: "beta", ...changes });
const codeWith = (what: unknown) =>
  `alink1_${Buffer.from(typeof what === "string" ? what : JSON.stringify(what)).toString("base64url")}`;
const someKey = () => ed25519Identity(makeKey()).nodeId;

describe("a code that is damaged", () => {
  const whole = { url: "http://127.0.0.1:9", node_id: someKey(), secret: "s" };
  it.each([
    ["is no JSON", "{ this was cut off in the middle of"],
    ["holds nothing", "null".padEnd(40)],
    ["names no address", { ...whole, url: "somewhere" }],
    ["has a number for an address", { ...whole, url: 7 }],
    ["names no key", { ...whole, node_id: "did:key:z7" }],
    ["lacks the key", { ...whole, node_id: undefined }],
    ["has no secret", { ...whole, secret: undefined }],
  ])("and %s is refused with words for it", async (_what, what) => {
    expect(await join(codeWith(what))).toMatchObject({
      status: 400,
      body: { code: "invalid_request", detail: expect.stringContaining("it is damaged; copy it whole") },
    });
  });
});

describe("a code", () => {
  it("whose node is away says so", async () => {
    const code = codeWith({ url: "http://127.0.0.1:9", node_id: someKey(), secret: "s" });
    expect(await join(code)).toMatchObject({ status: 502, body: { code: "peer_unreachable" } });
  });

  it("is forgotten when many were made behind it", async () => {
    const first = await codeOf(two.a);
    let last = "";
    for (let made = 0; made < 100; made++) last = await codeOf(two.a);
    expect(await join(first)).toMatchObject({ status: 409, body: { code: "pairing_refused" } });
    expect((await join(last)).status).toBe(201);
  });

  it("gives the peer the name that is asked for, or one like its own", async () => {
    expect(await join(await codeOf(two.a), { peer_id: "mine" })).toMatchObject({ body: { peer_id: "mine" } });
    expect(await join(await codeOf(two.a))).toMatchObject({ status: 201, body: { peer_id: "mine" } });
  });
});

describe("a name that is another node's", () => {
  const other = { base_url: "http://127.0.0.1:9", node_id: someKey() };

  it("is not taken from it", async () => {
    await two.b.call("POST", "/v1/peers", { peer_id: "alpha", ...other });
    expect(await join(await codeOf(two.a), { peer_id: "alpha" })).toMatchObject({
      status: 409,
      body: { code: "name_taken", detail: expect.stringContaining("another node") },
    });
  });

  it("is not freed by blocking it", async () => {
    await two.b.call("POST", "/v1/peers", { peer_id: "alpha", ...other });
    await two.b.call("POST", "/v1/peers/alpha/block");
    expect(await join(await codeOf(two.a), { peer_id: "alpha" })).toMatchObject({
      status: 409,
      body: { code: "name_taken", detail: expect.stringContaining("is blocked") },
    });
  });
});

describe("a machine's name as a peer's", () => {
  it.each([
    ["Desk", "desk"],
    ["My Box!", "my-box-"],
    ["--rack", "rack"],
    ["...", "node"],
    ["", "node"],
    ["local", "node"],
    ["x".repeat(100), "x".repeat(60)],
  ])("%j is %j", (machine, name) => {
    expect(nameOf(machine)).toBe(name);
  });
});
