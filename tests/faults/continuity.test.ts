/** What a conversation keeps when its node, or its runtime, is killed. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fakeCommand } from "../programs.ts";
import { createHome, eventOf, type Home, startNode, type TestNode } from "../support.ts";

const conversation = { target_runtime: "agent", conversation_id: "talk" };

/** A home whose agent keeps its sessions on disk. */
async function rememberingHome(): Promise<Home> {
  const home = createHome();
  home.setRegistry({ agent: { command: await fakeCommand("--sessions-dir", join(home.path, "sessions")) } });
  return home;
}

async function say(node: TestNode, text: string) {
  const { task_id } = await node.submit({ ...conversation, payload: { text } });
  const { status, result } = await node.task(task_id, 30);
  const running = await eventOf(node, task_id, "task.running");
  return {
    status,
    text: result?.text,
    continuity: running.kind === "task.running" && running.data.continuity,
  };
}

/** Begins a turn that doesn't end by itself. */
async function beginEndless(node: TestNode): Promise<string> {
  const payload = { mode: "delayed_success", delay_ms: 600_000, heartbeat_ms: 10 };
  const { task_id } = await node.submit({ ...conversation, payload });
  await eventOf(node, task_id, "task.progress");
  return task_id;
}

describe("a conversation goes on in its session", () => {
  it("after its node was killed between two turns", async () => {
    using home = await rememberingHome();
    await using first = await startNode(home);
    expect(await say(first, "one")).toMatchObject({ status: "completed", continuity: "fresh" });
    await first.kill();
    await using second = await startNode(home);
    expect(await say(second, "HISTORY?")).toEqual({
      status: "completed",
      text: "HISTORY[1]: one",
      continuity: "loaded",
    });
  });

  it("after its node was killed in mid-turn, and the turn is interrupted", async () => {
    using home = await rememberingHome();
    await using first = await startNode(home);
    await say(first, "one");
    const cut = await beginEndless(first);
    await first.kill();
    await using second = await startNode(home);
    expect(await second.task(cut)).toMatchObject({ status: "failed", last_error: { reason: "interrupted" } });
    expect(await say(second, "HISTORY?")).toMatchObject({ text: "HISTORY[1]: one", continuity: "loaded" });
  });

  it("after its runtime was killed in mid-turn", async () => {
    using home = await rememberingHome();
    await using node = await startNode(home);
    await say(node, "one");
    const cut = await beginEndless(node);
    const { body } = await node.call<{ details: { process_id: number } }>("GET", "/v1/runtimes/agent/health");
    process.kill(body.details.process_id, "SIGKILL");
    expect(await node.task(cut, 30)).toMatchObject({
      status: "failed",
      last_error: { reason: "remote_failed" },
    });
    expect(await say(node, "HISTORY?")).toMatchObject({ text: "HISTORY[1]: one", continuity: "loaded" });
  });

  it("after its node was told to stop, which interrupts the turn", async () => {
    using home = await rememberingHome();
    await using first = await startNode(home);
    await say(first, "one");
    await beginEndless(first);
    await first.stop();
    await using second = await startNode(home);
    expect(await say(second, "HISTORY?")).toMatchObject({
      text: expect.stringContaining("one"),
      continuity: "loaded",
    });
  });
});

it("a question that was open when its node was killed is closed, and an answer to it is refused", async () => {
  using home = await rememberingHome();
  await using first = await startNode(home);
  const { task_id } = await first.submit({ ...conversation, payload: { mode: "permission" } });
  await eventOf(first, task_id, "task.awaiting_input");
  await first.kill();
  await using second = await startNode(home);
  expect(await second.task(task_id)).toMatchObject({
    status: "failed",
    awaiting: [],
    last_error: { reason: "interrupted" },
  });
  const late = await second.call("POST", `/v1/tasks/${task_id}/resume`, { payload: { approved: true } });
  expect(late).toMatchObject({ status: 409, body: { code: "not_awaiting_input" } });
});
