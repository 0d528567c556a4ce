/** Entries of the registry for servers that are reached by HTTP. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { StartError } from "#src/errors.ts";
import { readRegistry } from "#src/registry.ts";

const dir = mkdtempSync(join(tmpdir(), "aethrolink-registry-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function file(text: string): string {
  const path = join(dir, "registry.yaml");
  writeFileSync(path, text);
  return path;
}

function refusal(act: () => unknown): { exit: number; says: string[] } {
  try {
    act();
  } catch (thrown) {
    if (!(thrown instanceof StartError)) throw thrown;
    const says = thrown.message.split("\n").map((line) => line.replace(join(dir, "registry.yaml"), "FILE"));
    return { exit: thrown.exitCode, says };
  }
  throw new Error("it was taken");
}

describe("the registry", () => {
  const server = "runtimes:\n  a:\n    adapter: acp_http\n    endpoint: http://127.0.0.1:9102/\n";

  it("gives a server that others run, with every default", () => {
    const { targets } = readRegistry(file(server.replace("acp_http", "acp_comm_http")));
    expect(targets.get("a")).toMatchObject({
      adapter: "acp_http",
      dialect: "acp",
      launch: { mode: "external", command: null },
      endpoint: "http://127.0.0.1:9102",
      healthcheck: "/ping",
      headers: {},
    });
  });

  it("says what is missing where an entry has no adapter", () => {
    const path = file("runtimes:\n  a:\n    endpoint: http://127.0.0.1:9102\n");
    const { says } = refusal(() => readRegistry(path));
    expect(says[0]).toBe("FILE:2:3: runtimes.a.adapter: is missing: say acp or acp_http");
  });

  it("gives a server that the node starts, with its headers", () => {
    const more =
      "    dialect: aethrolink\n    healthcheck: /health\n    headers: { x-team: red, authorization: { env: KEY } }\n    launch: { mode: managed, command: [serve] }\n";
    expect(readRegistry(file(server + more)).targets.get("a")).toMatchObject({
      dialect: "aethrolink",
      launch: { mode: "managed", command: ["serve"] },
      healthcheck: "/health",
      headers: { "x-team": "red", authorization: { env: "KEY" } },
    });
  });

  it.each([
    ["    endpoint: ftp://x\n", /^FILE:4:5: runtimes.a.endpoint: must be an http or https URL/],
    ["    endpoint: http://u:p@x/\n", /^FILE:4:5: runtimes.a.endpoint: must hold no name, password/],
    [
      "    endpoint: http://x\n    dialect: hermes\n",
      /^FILE:5:5: runtimes.a.dialect: must be acp or aethrolink/,
    ],
    ["    endpoint: http://x\n    healthcheck: ping\n", /^FILE:5:5: runtimes.a.healthcheck: must be a path/],
    [
      "    endpoint: http://x\n    auth_method: k\n",
      /^FILE:5:5: runtimes.a.auth_method: is only for the adapter acp/,
    ],
    [
      "    endpoint: http://x\n    headers: { Authorization: secret }\n",
      /^FILE:5:16: runtimes.a.headers.Authorization: must not be in the file/,
    ],
    ['    endpoint: http://x\n    headers: { "a b": c }\n', /^FILE:5:16: runtimes.a.headers.a b: /],
    [
      "    endpoint: http://x\n    headers: { a: 1 }\n",
      /^FILE:5:16: runtimes.a.headers.a: must be a text, or/,
    ],
    [
      "    endpoint: http://x\n    launch: { mode: managed }\n",
      /^FILE:5:5: runtimes.a.launch.command: is missing/,
    ],
    [
      "    endpoint: http://x\n    launch: { mode: managed, command: [s], commands: { small: [s] } }\n",
      /^FILE:5:44: runtimes.a.launch.commands: is only for the adapter acp/,
    ],
  ])("refuses the server %j with line and column", (text, says) => {
    const refused = refusal(() => readRegistry(file(`runtimes:\n  a:\n    adapter: acp_http\n${text}`)));
    expect(refused).toEqual({ exit: 78, says: [expect.stringMatching(says)] });
  });
});
