/** What the benchmarks come to, and how it gets into the page. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { withFigures } from "../../../configs/generate/performance.ts";
import { plotted } from "../../../configs/generate/plot.ts";
import { median, percentile } from "../../bench/measure.ts";
import { optionsOf } from "../../bench/options.ts";
import { addToReport, atLeast, atMost, loadNames, type Part, readReport } from "../../bench/report.ts";

const part: Part = {
  made_at: "2026-11-25T04:00:00.000Z",
  machine: "2 × a processor",
  commit: "abc",
  rounds: 3,
  load_before: 0.5,
  rows: [{ at_once: 1, server: "this build", tasks_per_s: 1234 }],
  goals: [atLeast("tasks a second", "×", 0.5, 0.7, 0.9), atMost("p50", "×", 1.1, 1.5, 1.2)],
};

describe("the report", () => {
  it("tells of each goal whether it is met", () => {
    expect(part.goals.map(({ met }) => met)).toEqual([false, true]);
    expect(atLeast("", "×", 0.7, 0.7, 0.9).met).toBe(true);
    expect(atMost("", "×", Number.NaN, 1.5, 1.2).met).toBe(false);
  });

  it("keeps the parts of loads that didn't run", () => {
    const directory = mkdtempSync(join(tmpdir(), "aethrolink-report-"));
    const path = join(directory, "made/bench.json");
    addToReport(path, { rows: part });
    addToReport(path, { throughput: part });
    expect(Object.keys(readReport(path))).toEqual(["throughput", "rows"]);
    rmSync(directory, { recursive: true });
  });

  it("has a place in the page for each load", () => {
    const page = readFileSync(new URL("../../../docs/performance.md", import.meta.url), "utf8");
    const places = [...page.matchAll(/<!-- figures: ([\w-]+) -->/g)].map(([, name = ""]) => name);
    expect(places.sort()).toEqual([...loadNames].sort());
  });

  it("puts its figures into the page, in the place of those that were there", () => {
    const page = "# A\n\n<!-- figures: rows -->\nold\n<!-- end of figures -->\n\nthe end\n";
    const filled = withFigures(page, { rows: part });
    expect(filled).toContain("| 1 | this build | 1,234 |");
    expect(filled).toContain("| tasks a second | 0.5 × | ≥ 0.7 × (aim 0.9) | **no** |");
    expect(filled).toContain("| p50 | 1.1 × | ≤ 1.5 × (aim 1.2) | yes, and the aim |");
    expect(filled).not.toContain("old");
    expect(filled.endsWith("\n\nthe end\n")).toBe(true);
    expect(withFigures(filled, { rows: part })).toBe(filled);
  });
});

describe("a plot", () => {
  it("places its points on a logarithmic axis, from the smallest to the largest", () => {
    const points = [1, 10, 100].map((x) => ({ x, y: x }));
    const svg = plotted({ title: "a < b", x: "x", y: "y", series: [{ name: "one", points }] });
    const xs = [...svg.matchAll(/<circle cx="([\d.]+)"/g)].map(([, x]) => Number(x));
    expect(xs).toEqual([70, 365, 660]);
    expect(svg).toContain("<title>a &lt; b</title>");
  });
});

describe("figures", () => {
  it("have percentiles, in whatever order they come", () => {
    const figures = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([median(figures), percentile(figures, 0.99), percentile([3], 0.99)]).toEqual([50, 99, 3]);
  });
});

describe("the flags", () => {
  it("name loads that there are, and numbers", () => {
    expect(optionsOf(["--only", "cli,rows", "--rounds", "2"])).toMatchObject({
      only: ["cli", "rows"],
      rounds: 2,
    });
    expect(() => optionsOf(["--only", "speed"])).toThrow("there is no load speed");
    expect(() => optionsOf(["--rounds", "0"])).toThrow("--rounds is a number of 1 or more");
    expect(optionsOf(["--help"])).toBeUndefined();
  });
});
