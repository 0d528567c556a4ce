/** Tasks over a link that loses half of what goes over it. RELAY_TASKS sets how many. */
import { expect, test } from "vitest";
import { tellFigures } from "../soak/figures.ts";
import { prompts } from "./evidence.ts";
import { openLossyProxy } from "./lossy-proxy.ts";
import { faultIn, openRelayNodes } from "./relay-nodes.ts";

const count = Number(process.env["RELAY_TASKS"] ?? 8);
const atOnce = 100;

test(
  `${count} tasks over a link that loses half of its messages each run once and end, and nothing of them is missing`,
  async () => {
    await using nodes = await openRelayNodes();
    await using proxy = await openLossyProxy(nodes.build.url, 0.5);
    await nodes.reach(proxy.url);
    const ended: string[] = [];
    const one = async () => {
      const { task_id } = await nodes.desk.submit({
        target_runtime: "build/counting",
        payload: { chunks: 3, every_ms: 5 },
        delivery: { when_offline: "queue" },
      });
      let task = await nodes.desk.task(task_id, 60);
      while (task.finished_at === null) task = await nodes.desk.task(task_id, 60);
      expect(task.status, JSON.stringify(task.last_error)).toBe("completed");
      expect(faultIn(await nodes.desk.history(task_id))).toBeUndefined();
      ended.push(task_id);
    };
    const left = { tasks: count };
    const worker = async () => {
      while (left.tasks-- > 0) await one();
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, count) }, worker));
    expect(ended).toHaveLength(count);
    const ran = prompts(nodes.countFile);
    expect([...ran.values()].filter((times) => times !== 1)).toEqual([]);
    expect(ran.size).toBe(count);
    const { dropped, unanswered, cut, passed } = proxy.counts;
    const lost = dropped + unanswered + cut;
    expect(lost).toBeGreaterThan(count / 2);
    tellFigures("G16", { relayed: count, ranTwice: 0, lost, sent: lost + passed });
    process.stderr.write(`a lossy link, ${count} tasks: ${JSON.stringify(proxy.counts)}\n`);
  },
  300_000 + count * 3000,
);
