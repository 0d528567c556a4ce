import fc from "fast-check";
import { expect, it } from "vitest";
import { type ChunkType, joinChunks, pieces } from "#src/engine/join-chunks.ts";
import { createFakeClock } from "../../fake-clock.ts";

function joining() {
  const clock = createFakeClock();
  const told: [ChunkType, string][] = [];
  return { clock, told, chunks: joinChunks(clock, (type, text) => told.push([type, text])) };
}

it("lets the first chunk out at once, and what follows within 50 ms together", () => {
  const { clock, told, chunks } = joining();
  chunks.add("message", "a");
  chunks.add("message", "b");
  clock.advance(49);
  chunks.add("message", "c");
  expect(told).toEqual([["message", "a"]]);
  clock.advance(1);
  expect(told).toEqual([
    ["message", "a"],
    ["message", "bc"],
  ]);
});

it("lets out 8 KB at once", () => {
  const { told, chunks } = joining();
  chunks.add("message", "a");
  chunks.add("message", "b".repeat(8191));
  expect(told).toHaveLength(1);
  chunks.add("message", "c");
  expect(told[1]?.[1].length).toBe(8192);
});

it("never joins a message with a thought", () => {
  const { told, chunks } = joining();
  chunks.add("message", "a");
  chunks.add("message", "b");
  chunks.add("thought", "c");
  chunks.add("message", "d");
  chunks.flush();
  expect(told).toEqual([
    ["message", "a"],
    ["message", "b"],
    ["thought", "c"],
    ["message", "d"],
  ]);
});

it("loses and reorders nothing, whatever comes when", () => {
  const chunk = fc.record({ thought: fc.boolean(), text: fc.string({ maxLength: 3000 }), pause: fc.nat(80) });
  fc.assert(
    fc.property(fc.array(chunk), (given) => {
      const { clock, told, chunks } = joining();
      for (const { thought, text, pause } of given) {
        chunks.add(thought ? "thought" : "message", text);
        clock.advance(pause);
      }
      chunks.flush();
      const all = (type: ChunkType) =>
        told
          .filter(([of]) => of === type)
          .map(([, text]) => text)
          .join("");
      const sent = (thought: boolean) =>
        given
          .filter((one) => one.thought === thought)
          .map((one) => one.text)
          .join("");
      expect(all("message")).toBe(sent(false));
      expect(all("thought")).toBe(sent(true));
    }),
    { numRuns: 200 },
  );
});

it("cuts a long text into pieces that fit an event, and no character in two", () => {
  const text = `${"\u0001".repeat(9000)}${"🙂".repeat(9000)}${"x".repeat(30_000)}`;
  const cut = pieces(text);
  expect(cut.join("")).toBe(text);
  for (const piece of cut) {
    expect(Buffer.byteLength(JSON.stringify(piece))).toBeLessThanOrEqual(16_000);
    expect(piece.isWellFormed()).toBe(true);
  }
});
