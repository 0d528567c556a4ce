/**
 * The demo: it prints what the README shows, but for times, ids, ports, progress and how words are
 * joined, and leaves nothing.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { expect, it } from "vitest";
import { createHome } from "../support.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

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

/** The processes that have a text in their environment, and so were started below one that got it. */
function processesWith(text: string): string[] {
  const all = execFileSync("ps", ["axeww", "-o", "pid=,command="], { encoding: "utf8" });
  return all.split("\n").filter((line) => line.includes(text));
}

it("prints what the README shows, and leaves no file and no process", async () => {
  const shown = /```text\n([\s\S]*?)^```/m.exec(readFileSync(join(root, "README.md"), "utf8"))?.[1] ?? "";
  using home = createHome();
  const demo = execa(process.execPath, [join(root, "configs/demo.ts")], {
    env: { TMPDIR: home.path },
    reject: false,
    stdin: "ignore",
  });
  expect(processesWith(home.path)).not.toEqual([]);
  const { exitCode, stdout, stderr } = await demo;
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(essence(stdout)).toEqual(essence(shown));
  const progress = stdout.split("\n").filter((line) => line.includes("task.progress"));
  expect(progress.length).toBeGreaterThan(0);
  expect(processesWith(home.path)).toEqual([]);
  expect(readdirSync(home.path)).toEqual(["registry.yaml"]);
});
