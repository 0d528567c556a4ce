import { describe, expect, it } from "vitest";
import type { JsonObject } from "#src/core/ports.ts";
import { type Route, type RoutingTable, route } from "#src/core/route.ts";
import { targetOf } from "../../launching.ts";

/** A table of targets with what each of them offers, and of routes. */
function table(
  offers: { readonly [target_id: string]: readonly string[] },
  routes: { readonly [intent: string]: Route } = {},
): RoutingTable {
  const targets = Object.entries(offers).map(
    ([target_id, capabilities]) => [target_id, targetOf([], { target_id, capabilities })] as const,
  );
  return { targets: new Map(targets), routes: new Map(Object.entries(routes)) };
}

/** Where it goes and why, or the code and text of the refusal. */
function outcome(intent: string, requested: string | undefined, among: RoutingTable): string {
  const found = route(intent, requested, among);
  return found.kind === "routed"
    ? `${found.target.target_id}: ${found.why}`
    : `${found.code}: ${found.detail}`;
}

describe("a target that the caller names", () => {
  const known = table({ core: ["code.patch", "code.review"], any: [] });

  it("gets what it offers", () => {
    expect(outcome("code.review", "core", known)).toBe("core: the caller named core");
  });

  it("gets any intent when it offers none in particular", () => {
    expect(outcome("whatever", "any", known)).toBe("any: the caller named any");
  });

  it("is refused when it isn't there, with the names that are", () => {
    expect(outcome("code.patch", "cor", known)).toBe(
      "target_not_found: There is no target cor. Known: core, any.",
    );
    expect(outcome("code.patch", "core", table({}))).toBe(
      "target_not_found: There is no target core. Known: none.",
    );
  });

  it("is refused when it doesn't offer the intent, with what it offers", () => {
    expect(outcome("code", "core", known)).toBe(
      "target_cannot_satisfy_intent: The target core does not offer code. It offers: code.patch, code.review.",
    );
  });

  it("goes before a route of the intent, whose options don't count then", () => {
    const among = table(
      { core: ["x"], other: ["x"] },
      { x: { runtime: "other", runtime_options: { a: 1 } } },
    );
    expect(route("x", "core", among)).toMatchObject({ target: { target_id: "core" }, route_options: {} });
  });

  it("is never a property of an object", () => {
    expect(outcome("x", "__proto__", known)).toMatch(/^target_not_found/);
    expect(outcome("constructor", undefined, known)).toMatch(/^route_not_found/);
  });
});

describe("an intent without a target", () => {
  it("goes to the only target that offers it, exactly", () => {
    const among = table({ core: ["code.patch"], research: ["code", "code.patch.small"], any: [] });
    expect(outcome("code.patch", undefined, among)).toBe("core: only core offers code.patch");
  });

  it("goes by its route, with the route's options, before any target that offers it", () => {
    const runtime_options: JsonObject = { model: "small" };
    const among = table({ one: ["x"], two: ["x"], three: [] }, { x: { runtime: "three", runtime_options } });
    expect(outcome("x", undefined, among)).toBe("three: the route of x");
    expect(route("x", undefined, among)).toMatchObject({ route_options: runtime_options });
  });

  it("is refused when two offer it, with their names", () => {
    expect(outcome("x", undefined, table({ one: ["x"], two: ["x", "y"], three: ["y"] }))).toBe(
      "route_ambiguous: These targets offer x: one, two. Name one of them.",
    );
  });

  it("is refused when nobody offers it, also where a target takes anything", () => {
    expect(outcome("x", undefined, table({ any: [], core: ["y"] }))).toMatch(
      /^route_not_found: No target offers x/,
    );
  });

  it("goes by who offers it when its route names a target that has gone", () => {
    const among = table({ core: ["x"] }, { x: { runtime: "gone", runtime_options: {} } });
    expect(outcome("x", undefined, among)).toBe("core: only core offers x");
  });
});
