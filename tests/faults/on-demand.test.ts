/** Processes that come and go with the work. SEED: which random moments. */
import { join } from "node:path";
import { setTimeout as elapsed } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { fakeCommand, fixtureCommand } from "../programs.ts";
import { createHome, startNode, type TestNode } from "../support.ts";
import { createRandom } from "./crash-load.ts";
import { carriers, openLeftBehind, prompts } from "./evidence.ts";

const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1_000_000));

interface Health {
  readonly healthy: boolean;
  readonly details: { readonly state: string; readonly detail?: string };
}
const healthOf = async (node: TestNode) => (await node.call<Health>("GET", "/v1/runtimes/agent/health")).body;

describe("a target that is launched on demand", () => {
  test("is started for a task, stopped when it is idle, and started by hand or by a probe for as long", async () => {
    const command = await fakeCommand();
    using home = createHome({ agent: { command, launch: { mode: "on_demand", idle_timeout_ms: 100 } } });
    await using node = await startNode(home);
    const stopped = {
      healthy: false,
      details: { state: "down", detail: "stopped after 100 ms without work" },
    };
    const { task_id } = await node.submit({ target_runtime: "agent", payload: "Say exactly here" });
    expect((await node.task(task_id, 20)).result?.text).toBe("here");
    await expect.poll(() => healthOf(node), { timeout: 5000 }).toMatchObject(stopped);

    for (const [what, status] of [
      ["start", 202],
      ["probe", 200],
    ]) {
      expect((await node.call("POST", `/v1/runtimes/agent/${what}`)).status).toBe(status);
      await expect.poll(() => healthOf(node), { timeout: 5000 }).toMatchObject(stopped);
    }
    const listed = await node.call<{ targets: { launch: unknown }[] }>("GET", "/v1/targets");
    expect(listed.body.targets).toMatchObject([{ launch: { mode: "on_demand" } }]);
  });

  test("never loses a task to the stop, at whatever moment it comes", async () => {
    using home = createHome();
    const countFile = join(home.path, "count");
    const launch = { mode: "on_demand", idle_timeout_ms: 1 };
    home.setRegistry({
      agent: { command: fixtureCommand("counting"), env: { COUNT_FILE: countFile }, launch },
    });
    await using node = await startNode({ ...home, args: ["--log-level", "error"] });
    const random = createRandom(seed);
    const ends: string[] = [];
    for (let round = 0; round < 60; round++) {
      const tasks = await Promise.all(
        [1, 2].map((each) =>
          node.submit({ target_runtime: "agent", conversation_id: `c${each}`, payload: {} }),
        ),
      );
      for (const { task_id } of tasks) {
        const { status, last_error } = await node.task(task_id, 20);
        ends.push(last_error?.detail ?? status);
      }
      await elapsed(random() * 12);
    }
    expect(ends, `seed ${seed}`).toEqual(ends.map(() => "completed"));
    expect([...prompts(countFile).values()]).toEqual(ends.map(() => 1));
    await node.stop();
    using left = openLeftBehind(node.dataDir);
    expect(left.launchIds().length).toBeGreaterThan(10);
    expect(carriers(left.launchIds())).toEqual([]);
  }, 60_000);
});
