/**
 * Zod schemas as the named schemas of an OpenAPI 3.1 document (JSON Schema 2020-12).
 *
 * 1. A schema with an id becomes a component of that name.
 * 2. What is sent and what is answered may differ in form (defaults, transforms). A component whose two
 *    forms differ, or that leads to one, is there twice; the one that is sent ends in `Input`.
 * 3. Answers are open: they may gain fields, so no output says `additionalProperties: false`.
 */
import { z } from "zod";
import type { Json } from "../shared.ts";

/** The parts of JSON Schema that the writer looks at; the rest goes through as it is. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  examples?: Json[];
  default?: Json;
  const?: Json;
  enum?: Json[];
  properties?: { [name: string]: Schema };
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  additionalProperties?: boolean | Schema;
  [keyword: string]: unknown;
}

/** Which form of a schema is meant: what comes in, or what goes out. */
export type Form = "input" | "output";
type Components = { [name: string]: Schema };

const safest = Number.MAX_SAFE_INTEGER;

/** Drops what zod adds that says nothing to a reader. */
function tidy(schema: Schema, form: Form): void {
  const { propertyNames } = schema as { propertyNames?: Schema };
  if (form === "output" || (propertyNames?.["type"] === "string" && propertyNames["pattern"] === undefined))
    delete schema["propertyNames"];
  if (schema["format"] === "date-time") delete schema["pattern"];
  if (form === "input") return;
  if (schema.additionalProperties === false) delete schema.additionalProperties;
  if (schema["minimum"] === -safest) delete schema["minimum"];
  if (schema["maximum"] === safest) delete schema["maximum"];
}

function convert(schema: z.ZodType, form: Form): { root: Schema; defs: Components } {
  const { $schema, $defs, ...root } = z.toJSONSchema(schema, {
    target: "draft-2020-12",
    io: form,
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      tidy(jsonSchema as Schema, form);
      // zod leaves these out of what is transformed; ours are in the form that is sent.
      const { examples, default: absent } = z.globalRegistry.get(zodSchema) ?? {};
      if (examples !== undefined) (jsonSchema as Schema).examples = examples as Json[];
      if (absent !== undefined) (jsonSchema as Schema).default = absent as Json;
    },
  });
  return { root: root as Schema, defs: ($defs ?? {}) as Components };
}

const named = /^#\/\$defs\//;
const namesIn = (schema: Schema) =>
  [...JSON.stringify(schema).matchAll(/"\$ref":"#\/\$defs\/(\w+)"/g)].map(([, name]) => name ?? "");

/** The names whose two forms differ, by themselves or by what they lead to. */
function differing(inputs: Components, outputs: Components): Set<string> {
  const twofold = Object.keys(inputs).filter((name) => name in outputs);
  const found = new Set(
    twofold.filter((name) => JSON.stringify(inputs[name]) !== JSON.stringify(outputs[name])),
  );
  const leadsToFound = (name: string) =>
    !found.has(name) && namesIn(inputs[name] ?? {}).some((inner) => found.has(inner));
  for (let more = twofold.filter(leadsToFound); more.length > 0; more = twofold.filter(leadsToFound)) {
    for (const name of more) found.add(name);
  }
  return found;
}

/** A copy in which every reference leads to a component. */
function relink<T>(value: T, rename: (name: string) => string): T {
  return JSON.parse(JSON.stringify(value), (key, inner: unknown) =>
    key === "$ref" && typeof inner === "string"
      ? inner.replace(/^#\/\$defs\/(.*)$/, (_all, name: string) => `#/components/schemas/${rename(name)}`)
      : inner,
  ) as T;
}

/** Says by which field the members of a union are told apart, where a constant tells. */
function discriminate(components: Components): void {
  for (const schema of Object.values(components)) {
    const members = schema.oneOf?.map(({ $ref }) => $ref ?? "") ?? [];
    const properties = members.map((ref) => components[nameOf(ref)]?.properties ?? {});
    const field = Object.keys(properties[0] ?? {}).find((key) =>
      properties.every((each) => typeof each[key]?.const === "string"),
    );
    if (field === undefined) continue;
    const mapping = members.map((ref, index) => [String(properties[index]?.[field]?.const), ref]);
    schema["discriminator"] = { propertyName: field, mapping: Object.fromEntries(mapping) };
  }
}

const nameOf = (ref: string): string => ref.replace(/^#\/(\$defs|components\/schemas)\//, "");

/** What collects components while a document is written. */
export interface Schemas {
  /** A schema as it stands in the document; until `finish` its references are provisional. */
  of(schema: z.ZodType, form: Form): Schema;
  /** What a reference of a schema that was collected means. */
  resolve(ref: string): Schema;
  /** Settles the references of all that `of` returned, wherever it was put. */
  finish<Document>(document: Document): { document: Document; components: Components };
}

/** Begins a collection of components. */
export function collectSchemas(): Schemas {
  const found = { input: {} as Components, output: {} as Components };
  return {
    of(schema, form) {
      const { root, defs } = convert(schema, form);
      Object.assign(found[form], defs);
      return form === "input" ? asInput(root) : root;
    },
    resolve(ref) {
      const [, sent, name = ""] = /^#\/\$defs\/(input:)?(.*)$/.exec(ref) ?? [];
      const schema = found[sent === undefined ? "output" : "input"][name];
      if (schema === undefined) throw new Error(`${ref} is not known (yet)`);
      return sent === undefined ? schema : asInput(schema);
    },
    finish(document) {
      const twice = differing(found.input, found.output);
      const rename = (name: string) => {
        const plain = name.replace(/^input:/, "");
        return name !== plain && twice.has(plain) ? `${plain}Input` : plain;
      };
      const components: Components = {};
      for (const [name, schema] of Object.entries(found.input)) {
        components[rename(`input:${name}`)] = relink(asInput(schema), rename);
      }
      for (const [name, schema] of Object.entries(found.output)) components[name] = relink(schema, rename);
      discriminate(components);
      return { document: relink(document, rename), components: sorted(components) };
    },
  };
}

function sorted(components: Components): Components {
  const names = Object.keys(components).sort();
  return Object.fromEntries(names.map((name) => [name, components[name] ?? {}]));
}

/** Marks references that mean the form that is sent. */
function asInput(schema: Schema): Schema {
  return JSON.parse(JSON.stringify(schema), (key, inner: unknown) =>
    key === "$ref" && typeof inner === "string" ? inner.replace(named, "#/$defs/input:") : inner,
  );
}
