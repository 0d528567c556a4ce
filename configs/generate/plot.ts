/** Draws lines over a logarithmic axis as SVG. */

export interface Series {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface Plot {
  readonly title: string;
  /** What the axes tell. */
  readonly x: string;
  readonly y: string;
  readonly series: readonly Series[];
  /** Both axes are logarithmic, not only x. */
  readonly logarithmic?: boolean;
}

const width = 680;
const height = 380;
const left = 70;
const right = 20;
const top = 60;
const bottom = 55;
/** Colours that people who see no red or green can tell apart. */
const colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"];

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const shown = (value: number) => value.toLocaleString("en-US");
const at = (value: number) => value.toFixed(1);

/** The next larger of 1, 2, 5, 10, 20… */
function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((factor) => factor * power >= value) ?? 10) * power;
}

interface Axis {
  readonly ticks: readonly number[];
  /** From 0 to 1. */
  place(value: number): number;
}

function linear(values: readonly number[]): Axis {
  const most = niceAbove(Math.max(...values));
  return { ticks: [0, 1, 2, 3, 4, 5].map((part) => (most * part) / 5), place: (value) => value / most };
}

/** With a tick for each of the values. */
function logarithmic(values: readonly number[], ticks: readonly number[]): Axis {
  const low = Math.log(Math.min(...values));
  const high = Math.log(Math.max(...values));
  return { ticks, place: (value) => (high === low ? 0.5 : (Math.log(value) - low) / (high - low)) };
}

function decades(values: readonly number[]): Axis {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.ceil(Math.log10(Math.max(...values)));
  const ticks = Array.from({ length: high - low + 1 }, (_, step) => 10 ** (low + step));
  return logarithmic(ticks, ticks);
}

const text = (x: number, y: number, words: string, more = "") =>
  `<text x="${at(x)}" y="${at(y)}" ${more}>${escaped(words)}</text>\n`;
const line = (x1: number, y1: number, x2: number, y2: number, colour: string) =>
  `<line x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}" stroke="${colour}"/>\n`;

/** The plot as an SVG document. */
export function plotted({ title, x, y, series, logarithmic: both = false }: Plot): string {
  const points = series.flatMap((each) => each.points);
  const xs = [...new Set(points.map((point) => point.x))].sort((a, b) => a - b);
  const xAxis = logarithmic(xs, xs);
  const ys = points.map((point) => point.y);
  const yAxis = both ? decades(ys) : linear(ys);
  const across = (value: number) => left + xAxis.place(value) * (width - left - right);
  const up = (value: number) => height - bottom - yAxis.place(value) * (height - top - bottom);

  const grid = yAxis.ticks.map(
    (tick) =>
      line(left, up(tick), width - right, up(tick), "#ddd") +
      text(left - 8, up(tick) + 4, shown(tick), 'text-anchor="end"'),
  );
  const marks = xAxis.ticks.map((tick) =>
    text(across(tick), height - bottom + 20, shown(tick), 'text-anchor="middle"'),
  );
  const drawn = series.map(({ points: own, name }, index) => {
    const colour = colours[index % colours.length] ?? "#000";
    const path = own.map((point) => `${at(across(point.x))},${at(up(point.y))}`).join(" ");
    const dots = own.map(
      (point) => `<circle cx="${at(across(point.x))}" cy="${at(up(point.y))}" r="3.5" fill="${colour}"/>\n`,
    );
    const key = left + index * 190;
    return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>\n${dots.join("")}${line(key, 42, key + 20, 42, colour)}${text(key + 26, 46, name)}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" font-family="sans-serif" font-size="12">
<title>${escaped(title)}</title>
<rect width="${width}" height="${height}" fill="#fff"/>
${text(left, 22, title, 'font-size="15" font-weight="bold"')}${grid.join("")}${marks.join("")}${drawn.join("")}${text((left + width - right) / 2, height - 12, x, 'text-anchor="middle"')}${text(16, (top + height - bottom) / 2, y, `text-anchor="middle" transform="rotate(-90 16 ${at((top + height - bottom) / 2)})"`)}</svg>
`;
}
