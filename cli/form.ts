/** Forms: what a runtime asks for by a JSON schema, property by property. */
import { choose, type Person } from "./person.ts";
import { oneLine } from "./render.ts";

interface Field {
  readonly name: string;
  readonly required: boolean;
  readonly schema: Schema;
}

type Schema = { readonly [key: string]: unknown };
type Read = { readonly value: unknown } | { readonly why: string };
/** What was entered; `value` undefined: it was left out. The whole undefined: the person has left. */
type Entered = { readonly value: unknown } | undefined;

const isSchema = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

function fieldsOf(schema: Schema | undefined): Field[] {
  const properties = isSchema(schema?.["properties"]) ? schema["properties"] : {};
  const required = Array.isArray(schema?.["required"]) ? schema["required"] : [];
  return Object.entries(properties).map(([name, property]) => ({
    name,
    required: required.includes(name),
    schema: isSchema(property) ? property : {},
  }));
}

/** An answer that has the form's shape, for people to fill in. */
export function sampleOf(schema: Schema | undefined): unknown {
  if (schema === undefined) return { text: "…" };
  const fields = fieldsOf(schema);
  const needed = fields.some(({ required }) => required) ? fields.filter(({ required }) => required) : fields;
  return Object.fromEntries(needed.map(({ name, schema }) => [name, sampleValue(schema)]));
}

function sampleValue(schema: Schema): unknown {
  const [choice] = choicesOf(schema);
  switch (schema["type"]) {
    case "boolean":
      return true;
    case "number":
    case "integer":
      return 0;
    case "array":
      return choice === undefined ? [] : [choice.value];
    default:
      return choice?.value ?? "…";
  }
}

/**
 * Asks a person for each property of a form.
 * @returns the content; undefined: the person has left
 */
export async function fillIn(schema: Schema, person: Person): Promise<Schema | undefined> {
  const content: { [name: string]: unknown } = {};
  for (const field of fieldsOf(schema)) {
    const entered = await enter(field, person);
    if (entered === undefined) return undefined;
    if (entered.value !== undefined) content[field.name] = entered.value;
  }
  return content;
}

async function enter(field: Field, person: Person): Promise<Entered> {
  const { schema } = field;
  if (isText(schema["description"])) person.say(oneLine(schema["description"]));
  const choices = choicesOf(schema);
  if (choices.length > 0 && schema["type"] !== "array" && field.required && schema["default"] === undefined) {
    person.say(`${labelOf(field)}:`);
    const choice = await choose(choices, person);
    return choice === undefined ? undefined : { value: choice.value };
  }
  if (choices.length > 0) person.say(`one of: ${choices.map(({ text }) => text).join(", ")}`);
  for (;;) {
    const text = await person.read(`${labelOf(field)}${hintOf(field)}: `);
    if (text === undefined) return undefined;
    const read = text.trim() === "" ? leftOut(field) : fieldValue(schema, text);
    if ("value" in read) return read;
    person.say(read.why);
  }
}

const labelOf = ({ name, schema }: Field) => oneLine(isText(schema["title"]) ? schema["title"] : name);

function hintOf({ required, schema }: Field): string {
  const type = schema["type"] === "boolean" ? "yes or no" : String(schema["type"] ?? "string");
  const hints = [
    ...(type === "string" ? [] : [type === "array" ? "several, by commas" : type]),
    ...(schema["default"] === undefined ? [] : [`default ${JSON.stringify(schema["default"])}`]),
    ...(required || schema["default"] !== undefined ? [] : ["may be left out"]),
  ];
  return hints.length === 0 ? "" : ` (${oneLine(hints.join("; "))})`;
}

function leftOut({ required, schema }: Field): Read {
  if (schema["default"] !== undefined && schema["default"] !== null) return { value: schema["default"] };
  return required ? { why: "It is needed. (Ctrl-C leaves the question open.)" } : { value: undefined };
}

interface Choice {
  readonly text: string;
  readonly value: unknown;
}

/** The values that a property may have; none: any. */
function choicesOf(schema: Schema): Choice[] {
  const from = schema["type"] === "array" && isSchema(schema["items"]) ? schema["items"] : schema;
  if (Array.isArray(from["enum"]))
    return from["enum"].map((value) => ({ text: oneLine(String(value)), value }));
  const titled = [from["oneOf"], from["anyOf"]].find(Array.isArray) ?? [];
  return titled.filter(isSchema).flatMap(({ const: value, title }) => {
    if (value === undefined) return [];
    return [{ text: oneLine(isText(title) ? `${value} (${title})` : String(value)), value }];
  });
}

/** What a text means as a value of a property. */
function fieldValue(schema: Schema, text: string): Read {
  const trimmed = text.trim();
  switch (schema["type"]) {
    case "boolean":
      return booleanIn(trimmed);
    case "number":
    case "integer":
      return numberIn(trimmed, schema["type"]);
    case "array":
      return severalIn(schema, trimmed);
    default:
      return oneIn(schema, text);
  }
}

function booleanIn(text: string): Read {
  if (/^(y|yes|true)$/i.test(text)) return { value: true };
  if (/^(n|no|false)$/i.test(text)) return { value: false };
  return { why: "Enter yes or no." };
}

function numberIn(text: string, type: "number" | "integer"): Read {
  const value = Number(text);
  if (type === "integer" && !Number.isSafeInteger(value)) return { why: "Enter a whole number." };
  return Number.isFinite(value) ? { value } : { why: "Enter a number." };
}

function severalIn(schema: Schema, text: string): Read {
  const values = text.split(",").flatMap((part) => (part.trim() === "" ? [] : [oneIn(schema, part.trim())]));
  const wrong = values.find((value) => "why" in value);
  return wrong ?? { value: values.map((read) => ("value" in read ? read.value : undefined)) };
}

function oneIn(schema: Schema, text: string): Read {
  const choices = choicesOf(schema);
  if (choices.length === 0) return { value: text };
  const choice = choices.find(({ value }) => String(value) === text.trim());
  return choice === undefined
    ? { why: `Enter one of: ${choices.map(({ value }) => oneLine(String(value))).join(", ")}.` }
    : { value: choice.value };
}
