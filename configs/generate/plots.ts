/** Plots of what was measured, as SVG: lines over an axis of powers, readable on light and dark pages. */
import type { Series } from "../../tests/bench/figures.ts";

const width = 640;
const height = 360;
const left = 70;
const right = 20;
const top = 46;
const bottom = 50;
const colours = ["#2f6fd0", "#c2571a", "#2d8a4e", "#8a4fbf", "#8a7a1c"];

interface Axis {
  readonly name: string;
  /** By powers; else from 0 on, evenly. */
  readonly powers: boolean;
}

export interface Plot {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: Series;
}

interface Scale {
  /** From 0 to 1. */
  at(value: number): number;
  readonly ticks: readonly number[];
}

/** 1, 2 or 5 times a power of ten, five of them or fewer. */
function evenScale(values: readonly number[]): Scale {
  const most = Math.max(...values);
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough) ?? rough;
  const end = Math.ceil(most / step) * step;
  const ticks = Array.from({ length: Math.round(end / step) + 1 }, (_, at) => at * step);
  return { at: (value) => value / end, ticks };
}

/** Zero, which has no power, stands where one is. */
function powerScale(values: readonly number[]): Scale {
  const log = (value: number) => Math.log10(Math.max(1, value));
  const [least, most] = [Math.min(...values.map(log)), Math.max(...values.map(log))];
  const ticks = [...new Set(values)].sort((a, b) => a - b);
  return { at: (value) => (most === least ? 0.5 : (log(value) - least) / (most - least)), ticks };
}

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const short = (value: number) => value.toLocaleString("en-US", { maximumFractionDigits: 2 });
const one = (value: number) => value.toFixed(1);

/** Draws one. */
export function svgOf({ title, x, y, series }: Plot): string {
  const points = Object.values(series).flat();
  const scaleOf = (axis: Axis, values: readonly number[]) =>
    axis.powers ? powerScale(values) : evenScale(values);
  const across = scaleOf(
    x,
    points.map(([value]) => value),
  );
  const up = scaleOf(
    y,
    points.map(([, value]) => value),
  );
  const px = (value: number) => left + across.at(value) * (width - left - right);
  const py = (value: number) => height - bottom - up.at(value) * (height - top - bottom);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}" font-family="system-ui, sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="${left}" y="18" font-size="14" font-weight="600" fill="#222222">${escaped(title)}</text>`,
    ...up.ticks.map(
      (tick) =>
        `<line x1="${left}" x2="${width - right}" y1="${one(py(tick))}" y2="${one(py(tick))}" stroke="#dddddd"/>` +
        `<text x="${left - 8}" y="${one(py(tick) + 4)}" text-anchor="end" fill="#555555">${short(tick)}</text>`,
    ),
    ...across.ticks.map(
      (tick) =>
        `<text x="${one(px(tick))}" y="${height - bottom + 18}" text-anchor="middle" fill="#555555">${short(tick)}</text>`,
    ),
    `<text x="${(left + width - right) / 2}" y="${height - 10}" text-anchor="middle" fill="#555555">${escaped(x.name)}</text>`,
    `<text transform="translate(16 ${(top + height - bottom) / 2}) rotate(-90)" text-anchor="middle" fill="#555555">${escaped(y.name)}</text>`,
    ...Object.entries(series).map(([name, line], at) => {
      const colour = colours[at % colours.length] ?? "";
      const path = line.map(([a, b]) => `${one(px(a))},${one(py(b))}`).join(" ");
      const dots = line.map(
        ([a, b]) => `<circle cx="${one(px(a))}" cy="${one(py(b))}" r="3" fill="${colour}"/>`,
      );
      const legend = left + at * 150;
      return (
        `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join("")}` +
        `<rect x="${legend}" y="26" width="12" height="4" fill="${colour}"/>` +
        `<text x="${legend + 18}" y="32" fill="#222222">${escaped(name)}</text>`
      );
    }),
    "</svg>",
  ];
  return `${parts.join("\n")}\n`;
}
