/** Permissions that an agent asks for, two at once, of a node that has no rule. QUESTIONS: how many tasks ask. */
import { expect, test } from "vitest";
import { percentile } from "../bench/measure.ts";
import { fixtureCommand } from "../programs.ts";
import { tellFigures } from "../soak/figures.ts";
import { createHome, startNode, type TestNode } from "../support.ts";

const asking = Number(process.env["QUESTIONS"] ?? 10);
const atOnce = 5;
const mostMs = 100;
const options = [
  { option_id: "yes", name: "Say yes", kind: "allow_once" },
  { option_id: "always", name: "Say always", kind: "allow_always" },
  { option_id: "no", name: "Say no", kind: "reject_once" },
];

interface Asked {
  readonly request_id: string;
  readonly name: string;
  /** From the agent's asking to the reader's hearing. */
  readonly ms: number;
}

/** The two questions of a task, as a reader hears them. */
async function questionsOf(node: TestNode, task_id: string): Promise<Asked[]> {
  const asked: Asked[] = [];
  for await (const event of node.events(task_id)) {
    if (event.kind !== "task.awaiting_input") continue;
    expect(event.data).toMatchObject({ kind: "permission", options });
    const [, name = "", at = ""] = /(first|second) at (\d+)/.exec(JSON.stringify(event.data)) ?? [];
    asked.push({ request_id: event.data.request_id, name, ms: Date.now() - Number(at) });
    if (asked.length === 2) break;
  }
  expect(asked.map(({ name }) => name).sort()).toEqual(["first", "second"]);
  return asked;
}

/** Answers both, the first with yes and the second with no, and each of them twice. */
async function answerOne(node: TestNode): Promise<number[]> {
  const { task_id } = await node.submit({ target_runtime: "asking", payload: "go" });
  const asked = await questionsOf(node, task_id);
  expect((await node.task(task_id)).status).toBe("awaiting_input");
  for (const { request_id, name } of asked) {
    const resume = (option_id: string) =>
      node.call("POST", `/v1/tasks/${task_id}/resume`, { request_id, payload: { option_id } });
    expect((await resume(name === "first" ? "yes" : "no")).status).toBe(202);
    // What comes late never says yes to what is still open.
    expect((await resume("yes")).status).toBe(409);
  }
  expect((await node.task(task_id, 20)).result?.text).toBe("first: yes, second: no");
  return asked.map(({ ms }) => ms);
}

test(`${asking} tasks that ask twice at once are heard within ${mostMs} ms, and each question gets its own answer`, {
  timeout: 60_000 + asking * 1000,
}, async () => {
  using home = createHome({ asking: { command: fixtureCommand("asking") } });
  await using node = await startNode({ ...home, args: ["--log-level", "error"] });
  const times: number[] = [];
  let left = asking;
  const lane = async () => {
    while (left-- > 0) times.push(...(await answerOne(node)));
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  expect(times).toHaveLength(asking * 2);
  times.sort((a, b) => a - b);
  const [p50Ms, p99Ms] = [percentile(times, 0.5), percentile(times, 0.99)];
  tellFigures("G13", { questions: times.length, p50Ms, p99Ms });
  expect(p50Ms).toBeLessThan(mostMs);
});
