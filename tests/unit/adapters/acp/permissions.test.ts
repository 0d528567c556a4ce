import { describe, expect, test } from "vitest";
import { decidePermission } from "#src/adapters/acp/permissions.ts";
import type { Json } from "#src/core/ports.ts";

const once = { optionId: "z", name: "Yes", kind: "allow_once" };
const always = { optionId: "allow_once", name: "Always", kind: "allow_always" };
const reject = { optionId: "allow", name: "No", kind: "reject_once" };
const toolCall = { toolCallId: "1", title: "rm -rf build" };
const chosen = (options: Json, policy: "ask" | "allow" | "deny"): string => {
  const { outcome } = decidePermission({ options, toolCall }, policy);
  return outcome.outcome === "selected" ? outcome.optionId : outcome.outcome;
};

describe("a permission request", () => {
  test("is rejected by kind, whatever the options are called", () => {
    expect(chosen([always, once, reject], "ask")).toBe("allow");
    expect(chosen([reject, once], "deny")).toBe("allow");
  });

  test("is allowed once where the target's policy allows it, never always", () => {
    expect(chosen([always, reject, once], "allow")).toBe("z");
    expect(chosen([always, reject], "allow")).toBe("allow");
    expect(chosen([always], "allow")).toBe("cancelled");
  });

  test.each<Json>([[], null, "no", [7, {}, { kind: "reject_once" }], [once, always]])(
    "without an option that rejects (%j) is cancelled",
    (options) => {
      expect(chosen(options, "ask")).toBe("cancelled");
    },
  );

  test("is told with its title", () => {
    expect(decidePermission({ options: [reject], toolCall }, "ask").text).toContain("rm -rf build");
    expect(decidePermission({}, "ask").text).toContain("without a title");
  });
});
