/** What the README shows of the demo is what the demo prints, but for times, ids, ports and how words are joined. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = new URL("../..", import.meta.url).pathname;

function essence(text: string): string[] {
  const lines = text
    .replace(/\d\d:\d\d:\d\d\.\d{3}/g, "TIME")
    .replace(/\b[0-9A-HJKMNP-TV-Z]{26}\b/g, "ID")
    .replace(/127\.0\.0\.1:\d+/g, "ADDRESS")
    .replace(/\d+ events, seq 1 to \d+/, "N events")
    .replace(/in \d+\.\d s/, "in SECONDS")
    .trim()
    .split("\n");
  return lines.filter((line) => !line.includes("task.progress"));
}

test("the demo prints what the README shows", () => {
  const shown = /```text\n([\s\S]*?)^```/m.exec(readFileSync(join(root, "README.md"), "utf8"))?.[1] ?? "";
  const { stdout, status } = spawnSync(process.execPath, [join(root, "configs/demo.ts")], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  expect(status).toBe(0);
  expect(essence(stdout)).toEqual(essence(shown));
});
