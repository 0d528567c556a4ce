import { describe, expect, test } from "vitest";
import {
  decidePermission,
  elicitationAction,
  elicitationQuestion,
  permissionOutcome,
  permissionQuestion,
} from "#src/adapters/acp/permissions.ts";
import type { Json } from "#src/core/ports.ts";
import { createMasker } from "#src/processes/stderr-tail.ts";

const secret = "canary-0123456789";
const mask = createMasker([secret]);
const once = { optionId: "z", name: "Yes", kind: "allow_once" };
const always = { optionId: "allow_once", name: "Always", kind: "allow_always" };
const reject = { optionId: "allow", name: "No", kind: "reject_once" };
const toolCall = { toolCallId: "1", title: "rm -rf build" };
const never = { outcome: { outcome: "cancelled" as const }, text: "" };
const chosen = (options: Json, policy: "allow" | "deny"): string => {
  const { outcome } = decidePermission({ options, toolCall }, policy, mask) ?? never;
  return outcome.outcome === "selected" ? outcome.optionId : outcome.outcome;
};

describe("a permission request", () => {
  test("is rejected by kind, whatever the options are called", () => {
    expect(chosen([always, once, reject], "deny")).toBe("allow");
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
      expect(chosen(options, "deny")).toBe("cancelled");
    },
  );

  test("is told with its title", () => {
    expect(decidePermission({ options: [reject], toolCall }, "deny", mask)?.text).toContain("rm -rf build");
    expect(decidePermission({}, "deny", mask)?.text).toContain("without a title");
  });

  test("is nobody's decision but the caller's where the policy is to ask", () => {
    expect(decidePermission({ options: [once, reject], toolCall }, "ask", mask)).toBeUndefined();
  });
});

describe("a permission request as a question", () => {
  const question = permissionQuestion({ options: [always, once, reject], toolCall }, "q", mask);
  const byCaller = (option_id: string) =>
    ({
      by: "caller",
      answer: { kind: "option", option: { option_id, name: "", kind: "allow_once" } },
    }) as const;

  test("shows no part of a secret, wherever its words are cut", () => {
    const words = (before: number) => `${"x".repeat(before)}${secret}`;
    for (let before = 180; before < 200; before += 1) {
      const title = words(before);
      const params = { options: [{ ...reject, name: title }], toolCall: { ...toolCall, title } };
      const { prompt, options } = permissionQuestion(params, "q", mask);
      const decided = decidePermission(params, "deny", mask)?.text;
      for (const text of [prompt, options?.[0]?.name, decided]) expect(text).toMatch(/x\*{0,3}$/);
      const form = { mode: "form", message: words(1800 + before), requestedSchema: {} };
      expect(elicitationQuestion(form, "q", mask)?.prompt).toMatch(/x\*{0,3}$/);
    }
  });

  test("shows no secret in its tool call or its form, however deep, and keeps the id of the call", () => {
    const call = {
      toolCallId: secret,
      title: `x ${secret}`,
      rawInput: { [secret]: [{ key: secret, n: 1 }] },
    };
    expect(permissionQuestion({ options: [], toolCall: call }, "q", mask).tool_call).toEqual({
      toolCallId: secret, // the turn knows the call by it, and tells it with each step
      title: "x ***",
      rawInput: { "***": [{ key: "***", n: 1 }] },
    });
    const requestedSchema = { type: "object", properties: { a: { type: "string", description: secret } } };
    expect(elicitationQuestion({ mode: "form", message: "", requestedSchema }, "q", mask)?.schema).toEqual({
      type: "object",
      properties: { a: { type: "string", description: "***" } },
    });
  });

  test("has the runtime's own options and tool call", () => {
    expect(question).toEqual({
      request_id: "q",
      kind: "permission",
      prompt: "rm -rf build",
      options: [
        { option_id: "allow_once", name: "Always", kind: "allow_always" },
        { option_id: "z", name: "Yes", kind: "allow_once" },
        { option_id: "allow", name: "No", kind: "reject_once" },
      ],
      tool_call: toolCall,
    });
  });

  test("is answered with the option that was chosen", () => {
    expect(permissionOutcome(question, byCaller("z"))).toEqual({ outcome: "selected", optionId: "z" });
  });

  test("is rejected once when nobody answers, and cancelled with its turn", () => {
    const rejected = { outcome: "selected", optionId: "allow" };
    expect(permissionOutcome(question, { by: "timeout" })).toEqual(rejected);
    expect(permissionOutcome(question, { by: "runtime" })).toEqual(rejected);
    expect(permissionOutcome(question, { by: "void" })).toEqual({ outcome: "cancelled" });
  });
});

describe("an elicitation", () => {
  const requestedSchema = { type: "object", properties: { name: { type: "string" } }, required: ["name"] };

  test("of a form is a question with its schema", () => {
    expect(elicitationQuestion({ mode: "form", message: "Name?", requestedSchema }, "q", mask)).toEqual({
      request_id: "q",
      kind: "input",
      prompt: "Name?",
      schema: requestedSchema,
    });
  });

  test.each([{ mode: "url", url: "http://x" }, { mode: "form" }, {}])(
    "of another kind (%j) is none",
    (params) => {
      expect(elicitationQuestion(params, "q", mask)).toBeUndefined();
    },
  );

  test("is accepted with what was entered, declined, or cancelled with its turn", () => {
    const content = { name: "Ada" };
    expect(elicitationAction({ by: "caller", answer: { kind: "content", content } })).toEqual({
      action: "accept",
      content,
    });
    expect(elicitationAction({ by: "caller", answer: { kind: "declined" } })).toEqual({ action: "decline" });
    expect(elicitationAction({ by: "timeout" })).toEqual({ action: "decline" });
    expect(elicitationAction({ by: "void" })).toEqual({ action: "cancel" });
  });
});
