/** The real OpenClaw with its gateway down: the node brings it up for the bridge, and takes it away after it. */
import { expect, test } from "vitest";
import { carriers, isAlive, openLeftBehind } from "../faults/evidence.ts";
import { answerTo } from "./asking.ts";
import { findOpenClaw, makeOpenClawHome, type OpenClawHome } from "./openclaw.ts";
import { needRuntime } from "./runtime.ts";
import { openWorld } from "./world.ts";

const program = needRuntime("OpenClaw", findOpenClaw);

const isReady = (healthcheck: string): Promise<boolean> =>
  fetch(healthcheck).then(
    ({ ok }) => ok,
    () => false,
  );

test("a task to an OpenClaw that is down starts its gateway, then its bridge; both go with the last of the work", async () => {
  const homes: OpenClawHome[] = [];
  await using world = await openWorld(async (place) => {
    const home = await makeOpenClawHome(program(), place);
    homes.push(home);
    const { gateway, healthcheck, env, target } = home;
    const requires = [{ name: "gateway", command: gateway, env, healthcheck, timeout_ms: 120_000 }];
    return { ...target, more: { ...target.more, requires } };
  });
  const [{ healthcheck } = { healthcheck: "" }] = homes;
  expect(await isReady(healthcheck)).toBe(false);
  const { task } = await answerTo(world, "are you there?", "cold");
  expect(task.result?.text).toBe("echo: are you there?");
  expect(await isReady(healthcheck)).toBe(true);

  const { node } = world;
  const { pid } = await world.runtime();
  await node.call("POST", "/v1/runtimes/research/stop");
  expect(isAlive(pid)).toBe(false);
  await expect.poll(() => isReady(healthcheck), { timeout: 10_000 }).toBe(false);
  const launches = () => {
    using left = openLeftBehind(node.dataDir);
    return {
      open: left.rows("SELECT subcontext_key FROM launch_history WHERE ended_at IS NULL"),
      carriers: carriers(left.launchIds()),
    };
  };
  await expect.poll(launches, { timeout: 10_000 }).toEqual({ open: [], carriers: [] });

  const again = await answerTo(world, "and now?", "cold");
  expect(again.task.result?.text).toBe("echo: and now?");
}, 300_000);
