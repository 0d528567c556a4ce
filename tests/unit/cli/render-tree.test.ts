import { expect, it } from "vitest";
import type { TaskInTree } from "#generated/client/src/index.ts";
import { treeInWords } from "../../../cli/render-tree.ts";

const task = (task_id: string, depth: number, more: Partial<TaskInTree> = {}): TaskInTree => ({
  task_id,
  parent_task_id: null,
  depth,
  sender: "local",
  origin_task_id: null,
  destination_task_id: null,
  resolved_runtime: "worker",
  intent: "code.patch",
  status: "completed",
  last_error: null,
  usage: null,
  created_at: "2026-11-23T09:30:00.000Z",
  finished_at: null,
  ...more,
});

it("draws each task under its parent, with what is known and what isn't", () => {
  const tree = {
    task_id: "root",
    tasks: [
      task("root", 0, { status: "running" }),
      task("a", 1, { usage: { source: "reported", input_tokens: 10, output_tokens: 2, cost_usd: 0.5 } }),
      task("aa", 2),
      task("ab", 2, { status: "failed", last_error: { reason: "timeout", detail: "ran\nlonger" } }),
      task("aba", 3),
      task("b", 1, { intent: "clear\u001b[2J" }),
    ],
    usage: {
      input_tokens: 10,
      cost_usd: 0.5,
      unknown: { input_tokens: 5, output_tokens: 6, cost_usd: 0 },
    },
    truncated: false,
  };
  expect(treeInWords(tree).split("\n")).toEqual([
    "root  running  worker  code.patch",
    "├─ a  completed  worker  code.patch  10 in, 2 out, $0.5",
    "│  ├─ aa  completed  worker  code.patch",
    "│  └─ ab  failed  worker  code.patch (timeout: ran longer)",
    "│     └─ aba  completed  worker  code.patch",
    "└─ b  completed  worker  clear\\x1b[2J",
    "",
    "used together: 10 tokens in (unknown of 5 more); tokens out unknown; $0.5",
  ]);
});

it("says what a tree is a part of, and that there is more of it than is shown", () => {
  const usage = { unknown: { input_tokens: 1, output_tokens: 1, cost_usd: 1 } };
  const tasks = [task("child", 0, { parent_task_id: "root" })];
  expect(treeInWords({ task_id: "child", tasks, usage, truncated: true }).split("\n")).toEqual([
    "part of root",
    "child  completed  worker  code.patch",
    "… and more: only the upper 1 tasks are shown, and summed up",
    "",
    "used together: tokens in unknown; tokens out unknown; cost unknown",
  ]);
});
