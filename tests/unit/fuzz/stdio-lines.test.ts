/**
 * Whatever an agent writes, cut anywhere: its messages come out whole, in order and numbered, and noise is
 * counted. To repeat a failure or to try more: tests/fuzz.ts.
 */
import { PassThrough } from "node:stream";
import fc from "fast-check";
import { expect, it } from "vitest";
import { createMessageStream } from "#src/adapters/acp/message-stream.ts";
import { fuzzed, fuzzTimeout } from "../../fuzz.ts";

const limit = 4096;

interface Input {
  /** Lines as bytes; a newline is put behind each. */
  readonly lines: readonly (readonly number[])[];
  /** What comes last, without a newline. */
  readonly rest: readonly number[];
  /** Sizes of the chunks, again and again. */
  readonly cuts: readonly number[];
}

const bytesOf = (text: string) => [...Buffer.from(text)];
const text = fc.string({ unit: "grapheme", maxLength: 40 });
const message = fc.dictionary(text, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 });
const noise = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value)),
  text,
  fc.constantFrom("{", "}", "{}{}", '{"a":', "\u0000", "\ufeff{}", "  ", "\r", "[{}]", '{"__proto__":null}'),
);
const line = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(message, fc.constantFrom("", "\r", " ", "\t"))
      .map(([value, end]) => bytesOf(JSON.stringify(value) + end)),
  },
  { weight: 3, arbitrary: noise.map(bytesOf) },
  {
    weight: 2,
    arbitrary: fc.array(
      fc.nat(255).filter((byte) => byte !== 10),
      { maxLength: 60 },
    ),
  },
  // At the limit, and at one byte more.
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: -2, max: 2 })
      .map((more) => bytesOf(`{"a":"${"x".repeat(limit - 8 + more)}"}`)),
  },
);
const input: fc.Arbitrary<Input> = fc.record({
  lines: fc.array(line, { maxLength: 12 }),
  rest: fc.array(
    fc.nat(255).filter((byte) => byte !== 10),
    { maxLength: 10 },
  ),
  cuts: fc.array(fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 5000 })), { minLength: 1, maxLength: 8 }),
});

function objectIn(bytes: readonly number[]): object | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What has to come of it, told in the plainest way. */
function expected({ lines, rest }: Input) {
  const tooLong = lines.findIndex((bytes) => bytes.length > limit);
  const read = (tooLong < 0 ? lines : lines.slice(0, tooLong)).filter((bytes) => bytes.length > 0);
  const messages = read.flatMap((bytes) => objectIn(bytes) ?? []);
  return {
    messages: messages.map((value, at) => [at + 1, value]),
    skipped: read.length - messages.length,
    end: tooLong >= 0 || rest.length > limit ? "overflow" : "ended",
  };
}

function* chunksOf({ lines, rest, cuts }: Input): Generator<Buffer> {
  const whole = Buffer.from([...lines.flatMap((bytes) => [...bytes, 10]), ...rest]);
  for (let at = 0, n = 0; at < whole.length; n++) {
    const size = cuts[n % cuts.length] ?? 1;
    yield whole.subarray(at, at + size);
    at += size;
  }
}

async function heard(given: Input) {
  const source = new PassThrough();
  const stream = createMessageStream(source, new PassThrough(), limit);
  const messages: [number, object][] = [];
  const end = await new Promise<string>((resolve) => {
    stream.read({
      message: (value, number) => void messages.push([number, value]),
      overflow: () => resolve("overflow"),
      ended: () => resolve("ended"),
    });
    for (const chunk of chunksOf(given)) source.write(chunk);
    source.end();
  });
  return { messages, skipped: stream.counts().skipped, end };
}

it(
  "an agent's lines are its messages, wherever they are cut and whatever is between them",
  async () => {
    await fc.assert(
      fc.asyncProperty(input, async (given) => {
        expect(await heard(given)).toEqual(expected(given));
      }),
      fuzzed<Input>("stdio-lines", Number(process.env["FUZZ_RUNS"] ?? 150)),
    );
  },
  fuzzTimeout,
);
