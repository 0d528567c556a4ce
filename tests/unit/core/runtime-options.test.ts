import { expect, it } from "vitest";
import type { JsonObject } from "#src/core/ports.ts";
import { layOver } from "#src/core/runtime-options.ts";

const parsed = (json: string) => JSON.parse(json) as JsonObject;

it("lays the task's options over the target's defaults, deep for objects", () => {
  const under = { model: "large", headers: { a: "1", b: "2" }, deep: { one: { x: 1, y: 2 } } };
  const over = { model: "small", headers: { b: "3", c: "4" }, deep: { one: { y: 5 } }, cwd: "/srv" };
  expect(layOver(under, over)).toEqual({
    model: "small",
    headers: { a: "1", b: "3", c: "4" },
    deep: { one: { x: 1, y: 5 } },
    cwd: "/srv",
  });
});

it("null never overrides, at no depth", () => {
  expect(layOver({ a: 1, deep: { b: 2 } }, { a: null, deep: { b: null, c: null } })).toEqual({
    a: 1,
    deep: { b: 2 },
  });
});

it("false, zero and the empty text do override", () => {
  expect(layOver({ a: true, b: 1, c: "x" }, { a: false, b: 0, c: "" })).toEqual({ a: false, b: 0, c: "" });
});

it("replaces a list, and an object by something else and back, whole", () => {
  expect(layOver({ a: [1, 2], b: { c: 1 }, d: 1 }, { a: [3], b: [4], d: { e: 5 } })).toEqual({
    a: [3],
    b: [4],
    d: { e: 5 },
  });
});

it("changes neither of the two", () => {
  const [under, over] = [parsed('{"a":{"b":1}}'), parsed('{"a":{"c":2}}')];
  layOver(under, over);
  expect([under, over]).toEqual([{ a: { b: 1 } }, { a: { c: 2 } }]);
});

it("a key of the name __proto__ gives no option by the back door, at no depth", () => {
  const over = parsed('{"__proto__":{"executor":"root"},"deep":{"__proto__":{"cwd":"/"},"x":1}}');
  const laid = layOver(parsed('{"deep":{"y":2}}'), over);
  expect(laid["executor"]).toBeUndefined();
  expect((laid["deep"] as JsonObject)["cwd"]).toBeUndefined();
  expect(laid["deep"]).toMatchObject({ x: 1, y: 2 });
  expect(Object.getPrototypeOf(laid)).toBe(Object.prototype);
  expect(({} as JsonObject)["executor"]).toBeUndefined();
});

it("a default that everything has is none", () => {
  expect(layOver({}, { toString: { a: 1 } })).toEqual({ toString: { a: 1 } });
});
