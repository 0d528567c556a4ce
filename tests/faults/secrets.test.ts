/** Secrets that a node is told, and where they must not come up again. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fixtureCommand } from "../programs.ts";
import { tellFigures } from "../soak/figures.ts";
import { createHome, type Home, startNode, type TestNode } from "../support.ts";
import { openLeftBehind } from "./evidence.ts";

const secret = "canary-of-the-registry-5Yb2";
/** Of the node, and of each process that it has started. */
const anyToken = /alink_[\w-]{43}/;
const ofTheNode = "canary-of-the-environment-8Kq1";

/** Every file of the data directory but the one that is meant to hold the token, as text. */
function files({ dataDir }: Home): string {
  return readdirSync(dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "operator.token")
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
    .join("\n");
}

/** Everything that the API has to say. */
async function answers(node: TestNode, task_ids: readonly string[]): Promise<string> {
  const paths = [
    "/v1/tasks",
    "/v1/runtimes",
    "/v1/targets?detail=true",
    "/v1/tokens",
    "/metrics",
    "/healthz",
  ];
  for (const id of task_ids) paths.push(`/v1/tasks/${id}`, `/v1/tasks/${id}/events`);
  const runtimes = ["leaky", "broken", "refusing"];
  for (const id of runtimes) paths.push(`/v1/runtimes/${id}/health`, `/v1/runtimes/${id}/launches`);
  const all = await Promise.all(paths.map((path) => node.call("GET", path)));
  all.push(await node.call("POST", "/v1/runtimes/broken/start"));
  for (const id of runtimes) all.push(await node.call("POST", `/v1/runtimes/${id}/probe`));
  return all.map(({ headers, body }) => JSON.stringify([[...headers], body])).join("\n");
}

describe("a secret of the registry that its agent prints, its process's token, and the operator's", () => {
  test("come up in no answer, no log line and no file of the node", async () => {
    const env = { SECRET: secret };
    using home = createHome({
      leaky: { command: fixtureCommand("leaky"), env },
      broken: { command: fixtureCommand("leaky", "--exit"), env },
      refusing: { command: fixtureCommand("leaky", "--refuse"), env },
    });
    const options = { ...home, args: ["--log-level", "trace"], env: { CANARY: ofTheNode } };
    await using node = await startNode(options);
    const leaky = await node.submit({ target_runtime: "leaky", payload: "text" });
    const broken = await node.submit({ target_runtime: "broken", payload: "text" });
    const refused = await node.task(leaky.task_id, 20);
    expect(refused.last_error).toMatchObject({
      reason: "remote_failed",
      detail: expect.stringContaining("no login with"),
    });
    expect((await node.task(broken.task_id, 20)).last_error?.reason).toBe("launch_failed");
    const said = await answers(node, [leaky.task_id, broken.task_id]);
    // What they said of themselves is told, too: the secret alone is missing.
    for (const text of ["in two pieces: ", "log in with ", "no greeting with "]) expect(said).toContain(text);
    expect(await node.stop()).toEqual({ code: 0, signal: null });

    using left = openLeftBehind(home.dataDir);
    const [launch] = left.rows<{ error_text: string }>(
      "SELECT error_text FROM launch_history WHERE runtime_id = 'broken' ORDER BY launch_id",
    );
    // What it printed was kept: the secret alone is missing.
    expect(launch?.error_text).toContain("AETHROLINK_LAUNCH_ID");
    expect(launch?.error_text).toMatch(/in two pieces: \S+\n/);
    expect(launch?.error_text).toContain('"AETHROLINK_TOKEN": "***"');
    const places = { said, log: node.stderr() + node.stdout(), files: files(home) };
    for (const [place, text] of Object.entries(places)) {
      expect(text.length, place).toBeGreaterThan(0);
      for (const canary of [secret, ofTheNode, node.token]) expect(text.includes(canary), place).toBe(false);
      expect(anyToken.test(text), place).toBe(false);
    }
    tellFigures("G15", { canaries: 3, places: Object.keys(places).length, found: 0 });
  });
});
