import { describe, expect, it } from "vitest";
import { z } from "zod";
import { exampleOf } from "#contracts/openapi/examples.ts";
import { requireUniqueIds } from "#contracts/openapi/operations.ts";
import { collectSchemas } from "#contracts/openapi/schemas.ts";

describe("named schemas", () => {
  it("are there once where both forms are the same", () => {
    const schemas = collectSchemas();
    const Plain = z.object({ a: z.string() }).meta({ id: "Plain" });
    const { document, components } = schemas.finish({
      sent: schemas.of(Plain, "input"),
      answered: schemas.of(Plain, "output"),
    });
    expect(document).toEqual({
      sent: { $ref: "#/components/schemas/Plain" },
      answered: { $ref: "#/components/schemas/Plain" },
    });
    expect(Object.keys(components)).toEqual(["Plain"]);
  });

  it("are there twice where the forms differ, and where they lead to one that differs", () => {
    const schemas = collectSchemas();
    const Inner = z.object({ a: z.string().default("x") }).meta({ id: "Inner" });
    const Outer = z.object({ inner: Inner }).meta({ id: "Outer" });
    const { document, components } = schemas.finish({
      sent: schemas.of(Outer, "input"),
      answered: schemas.of(Outer, "output"),
    });
    expect(document.sent).toEqual({ $ref: "#/components/schemas/OuterInput" });
    expect(document.answered).toEqual({ $ref: "#/components/schemas/Outer" });
    expect(Object.keys(components)).toEqual(["Inner", "InnerInput", "Outer", "OuterInput"]);
    expect(components["OuterInput"]?.properties?.["inner"]).toEqual({
      $ref: "#/components/schemas/InnerInput",
    });
    expect(components["Inner"]?.required).toEqual(["a"]);
    expect(components["InnerInput"]?.required).toBeUndefined();
  });

  it("say that a request may have no other fields, and leave an answer open", () => {
    const schemas = collectSchemas();
    const Strict = z.strictObject({ a: z.int() });
    expect(schemas.of(Strict, "input")["additionalProperties"]).toBe(false);
    expect(schemas.of(Strict, "output")).toEqual({
      type: "object",
      properties: { a: { type: "integer" } },
      required: ["a"],
    });
  });

  it("have no pattern beside the format of a time", () => {
    const schema = collectSchemas().of(z.iso.datetime({ precision: 3 }), "output");
    expect(schema).toEqual({ type: "string", format: "date-time" });
  });

  it("name the field that tells the members of a union apart", () => {
    const schemas = collectSchemas();
    const A = z.object({ kind: z.literal("a") }).meta({ id: "A" });
    const B = z.object({ kind: z.literal("b") }).meta({ id: "B" });
    const Either = z.discriminatedUnion("kind", [A, B]).meta({ id: "Either" });
    schemas.of(Either, "output");
    expect(schemas.finish({}).components["Either"]?.["discriminator"]).toEqual({
      propertyName: "kind",
      mapping: { a: "#/components/schemas/A", b: "#/components/schemas/B" },
    });
  });
});

describe("examples", () => {
  const exampleIn = (schema: z.ZodType) => {
    const schemas = collectSchemas();
    return exampleOf(schemas.of(schema, "input"), schemas.resolve);
  };

  it("are the schema's own, before those of what it refers to", () => {
    const Inner = z.string().meta({ id: "Inner", examples: ["inner"] });
    expect(exampleIn(z.object({ a: Inner, b: Inner.meta({ examples: ["own"] }) }))).toEqual({
      a: "inner",
      b: "own",
    });
  });

  it("are kept of what is transformed", () => {
    expect(
      exampleIn(
        z
          .string()
          .transform(Number)
          .meta({ examples: ["7"] }),
      ),
    ).toBe("7");
  });

  it("leave out optional fields that have none", () => {
    expect(
      exampleIn(
        z.object({
          a: z.boolean().optional(),
          b: z
            .int()
            .optional()
            .meta({ examples: [3] }),
        }),
      ),
    ).toEqual({ b: 3 });
  });
});

describe("operations", () => {
  const one = { operationId: "one", method: "get", path: "/one" };

  it("may not be without an id", () => {
    expect(() => requireUniqueIds([{ ...one, operationId: "" }])).toThrow("get /one has no operationId");
  });

  it("may not share an id", () => {
    expect(() => requireUniqueIds([one, { ...one, path: "/two" }])).toThrow(
      "get /two has the operationId one of another",
    );
  });
});
