/**
 * Server-sent events as any server may write them, cut anywhere: the client package reads the frames that the
 * standard says. To repeat a failure or to try more: tests/fuzz.ts.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { framesOf } from "#generated/client/src/frames.ts";
import { fuzzed, fuzzTimeout } from "../../fuzz.ts";

interface Input {
  /** Lines, each with its end. */
  readonly lines: readonly (readonly [text: string, end: string])[];
  readonly bom: boolean;
  /** Sizes of the chunks, again and again. */
  readonly cuts: readonly number[];
}

const value = fc
  .string({ unit: "grapheme", maxLength: 20 })
  .map((text) => text.replaceAll(/[\p{Cc}\ufeff]/gu, ""));
const space = fc.constantFrom("", " ", "  ");
const field = fc.oneof(
  fc
    .tuple(fc.constantFrom("data", "data", "event", "id"), space, value)
    .map(([name, gap, text]) => `${name}:${gap}${text}`),
  fc.nat(99_999).map((ms) => `retry: ${ms}`),
  fc.constantFrom(
    "data",
    "id",
    "event",
    "retry: soon",
    "retry:",
    ": keepalive",
    ":",
    "unknown: 1",
    " data: x",
    "DATA: x",
  ),
);
const lines = fc.oneof({ weight: 3, arbitrary: field }, { weight: 1, arbitrary: fc.constant("") });
const input: fc.Arbitrary<Input> = fc.record({
  lines: fc.array(fc.tuple(lines, fc.constantFrom("\n", "\n", "\r\n", "\r")), { maxLength: 20 }),
  bom: fc.boolean(),
  cuts: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 8 }),
});

interface Told {
  readonly frames: { id: string | undefined; event: string | undefined; data: string }[];
  readonly retries: number[];
}

/** The field of a line: what stands before its first colon, and behind it without one space. */
function fieldOf(line: string): [name: string, text: string] {
  const colon = line.indexOf(":");
  return colon < 0 ? [line, ""] : [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, "")];
}

/** What the standard says that these lines are. */
function expected({ lines: given }: Input): Told {
  const told: Told = { frames: [], retries: [] };
  let data: string[] = [];
  let named: { id?: string; event?: string } = {};
  for (const line of joined(given)) {
    const [name, text] = fieldOf(line);
    if (line === "") {
      const frame = { id: named.id, event: named.event || undefined, data: data.join("\n") };
      if (data.length > 0) told.frames.push(frame);
      data = [];
      named = {};
    } else if (name === "data") data.push(text);
    else if (name === "id" || name === "event") named[name] = text;
    else if (name === "retry" && /^\d+$/.test(text)) told.retries.push(Number(text));
  }
  return told;
}

/** The lines as a reader sees them: an empty line between a carriage return and a newline is none. */
const joined = (given: Input["lines"]): string[] =>
  given
    .map(([text, end]) => text + end)
    .join("")
    .split(/\r\n|\n|\r/)
    .slice(0, -1);

function bodyOf({ lines: given, bom, cuts }: Input): ReadableStream<Uint8Array> {
  // A carriage return at the very end would wait for the newline that may belong to it.
  const whole = `${given.map(([text, end]) => text + end).join("")}: end\n`;
  const bytes = new TextEncoder().encode((bom ? "\ufeff" : "") + whole);
  let at = 0;
  let n = 0;
  return new ReadableStream({
    pull(controller) {
      const size = cuts[n++ % cuts.length] ?? 1;
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.slice(at, at + size));
      at += size;
    },
  });
}

async function read(given: Input): Promise<Told> {
  const told: Told = { frames: [], retries: [] };
  const options = { silenceMs: 30_000, onRetry: (ms: number) => void told.retries.push(ms) };
  for await (const { id, event, data } of framesOf(bodyOf(given), options))
    told.frames.push({ id, event, data });
  return told;
}

it(
  "the frames of a stream are those of the standard, wherever its bytes are cut",
  async () => {
    await fc.assert(
      fc.asyncProperty(input, async (given) => {
        expect(await read(given)).toEqual(expected(given));
      }),
      fuzzed<Input>("event-streams", Number(process.env["FUZZ_RUNS"] ?? 200)),
    );
  },
  fuzzTimeout,
);
