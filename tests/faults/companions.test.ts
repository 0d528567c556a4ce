/** What a runtime requires: started before it, ended after it, whatever happens to the node. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { freePort } from "../free-port.ts";
import { fakeCommand, fixtureCommand } from "../programs.ts";
import { createHome, eventOf, type Home, startNode, type TestNode } from "../support.ts";
import { carriers, isAlive, openLeftBehind } from "./evidence.ts";

interface World extends Home {
  readonly healthcheck: string;
  /** The pids of the gateway's starts. */
  starts(): number[];
}

/** A home with two targets that need one gateway. */
async function needing(flags: readonly string[] = [], more: object = {}): Promise<World> {
  const home = createHome();
  const starts = join(home.path, "starts");
  const port = await freePort();
  const healthcheck = `http://127.0.0.1:${port}/readyz`;
  const gateway = {
    name: "gateway",
    command: fixtureCommand("gateway", "--port", String(port), "--starts", starts, ...flags),
    healthcheck,
    ...more,
  };
  const entry = { command: await fakeCommand(), more: { requires: [gateway] } };
  home.setRegistry({ one: entry, two: entry });
  return {
    ...home,
    healthcheck,
    starts: () => (existsSync(starts) ? readFileSync(starts, "utf8").trim().split("\n").map(Number) : []),
  };
}

const say = async (node: TestNode, target: string) => {
  const { task_id } = await node.submit({ target_runtime: target, payload: "Say exactly here" });
  return node.task(task_id, 30);
};

describe("a companion", () => {
  test("is up before the first task runs, one for all targets, and gone with the last of them", async () => {
    using world = await needing(["--after", "300"]);
    await using node = await startNode(world);
    const tasks = await Promise.all(["one", "two", "one"].map((target) => say(node, target)));
    expect(tasks.map(({ result }) => result?.text)).toEqual(["here", "here", "here"]);
    const [pid = 0, ...others] = world.starts();
    expect(others).toEqual([]);
    await node.call("POST", "/v1/runtimes/one/stop");
    expect((await fetch(world.healthcheck)).status).toBe(200);
    await node.call("POST", "/v1/runtimes/two/stop");
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
  });

  test("is told by a probe, with whether it answers", async () => {
    using world = await needing();
    await using node = await startNode(world);
    const probe = await node.call("POST", "/v1/runtimes/one/probe");
    expect(probe).toMatchObject({ status: 200, body: { companions: [{ name: "gateway", healthy: true }] } });
  });

  test("that dies takes its users along: the next task starts all again", async () => {
    using world = await needing();
    await using node = await startNode(world);
    expect(await say(node, "one")).toMatchObject({ status: "completed" });
    const [first = 0] = world.starts();
    const cut = await node.submit({ target_runtime: "one", payload: { mode: "cancelled" } });
    await eventOf(node, cut.task_id, "task.progress");
    process.kill(first, "SIGKILL");
    expect(await node.task(cut.task_id, 30)).toMatchObject({
      status: "failed",
      last_error: { reason: "remote_failed" },
      result: { text: "working" },
    });
    expect(await say(node, "one")).toMatchObject({ status: "completed" });
    expect(world.starts()).toHaveLength(2);
  });

  test("that fails fails the task, which says what to look at", async () => {
    using world = await needing(["--exit", "4"]);
    await using node = await startNode(world);
    const { last_error } = await say(node, "one");
    expect(last_error?.reason).toBe("launch_failed");
    await node.stop();
    using left = openLeftBehind(world.dataDir);
    const rows = left.rows<{ launch_id: string; subcontext_key: string; error_text: string }>(
      "SELECT launch_id, subcontext_key, error_text FROM launch_history ORDER BY launch_id",
    );
    expect(rows.map((row) => row.subcontext_key)).toEqual(["default", "companion:gateway"]);
    const [own, gateway] = rows;
    expect(last_error?.detail).toMatch(
      `exited with code 4 before it was ready, see launch ${gateway?.launch_id}; see launch ${own?.launch_id}`,
    );
    expect(last_error?.detail).toMatch(/^companion gateway: /);
    expect(gateway?.error_text).toContain("stderr");
  });

  test("ends after its users when the node is stopped, within 10 s though it ignores SIGTERM", async () => {
    using world = await needing(["--ignore-term"]);
    await using node = await startNode(world);
    await say(node, "one");
    const from = performance.now();
    expect(await node.stop()).toEqual({ code: 0, signal: null });
    expect(performance.now() - from).toBeLessThan(10_000);
    expect(world.starts().filter(isAlive)).toEqual([]);
    using left = openLeftBehind(world.dataDir);
    const order = left.rows<{ subcontext_key: string }>(
      "SELECT subcontext_key FROM launch_history WHERE ended_at IS NOT NULL ORDER BY ended_at",
    );
    expect(order.map((row) => row.subcontext_key)).toEqual(["default", "companion:gateway"]);
  }, 30_000);

  test.runIf(process.platform === "linux")(
    "of a node that was killed is ended by the next, which starts its own",
    async () => {
      using world = await needing();
      await using first = await startNode(world);
      await say(first, "one");
      await first.kill();
      using left = openLeftBehind(world.dataDir);
      expect(world.starts().filter(isAlive)).toHaveLength(1);
      await using second = await startNode(world);
      expect(carriers(left.launchIds())).toEqual([]);
      expect((await say(second, "two")).result?.text).toBe("here");
      expect(world.starts()).toHaveLength(2);
      await second.stop();
      expect(world.starts().filter(isAlive)).toEqual([]);
    },
  );
});
