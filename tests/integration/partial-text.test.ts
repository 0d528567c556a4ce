import { expect, test } from "vitest";
import { fakeCommand } from "../programs.ts";
import { createHome, eventOf, startNode } from "../support.ts";

test("a task whose node is killed in mid-turn keeps the text that was seen of it", async () => {
  using home = createHome({ agent: { command: await fakeCommand() } });
  await using first = await startNode(home);
  const payload = { mode: "delayed_success", delay_ms: 600_000, heartbeat_ms: 10 };
  const { task_id } = await first.submit({ target_runtime: "agent", payload });
  await eventOf(first, task_id, "task.progress");
  await first.kill();

  await using second = await startNode(home);
  const words = (await second.history(task_id)).map((event) =>
    event.kind === "task.progress" && event.data.type === "message" ? event.data.text : "",
  );
  expect(words).toContain(".");
  const result = { text: words.join("") };
  expect(await second.task(task_id)).toMatchObject({
    status: "failed",
    last_error: { reason: "interrupted" },
    result,
  });
  expect((await second.history(task_id)).at(-1)?.data).toMatchObject({ reason: "interrupted", result });
});
