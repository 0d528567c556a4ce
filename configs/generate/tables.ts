/** The tables of the docs, printed from the tables in code. */
import { z } from "zod";
import { taskStatuses, terminalStatuses } from "#contracts/enums.ts";
import { errorTable, exitCodes } from "#contracts/errors.ts";
import type { Schema } from "#contracts/openapi/schemas.ts";
import { settings } from "#src/config.ts";
import { type Step, taskMachine } from "#src/core/task-machine.ts";
import { RegistryFile } from "#src/registry.ts";
import { code, table } from "./markdown.ts";

/** generated/tables/errors.md */
export function errorsTable(): string {
  const nameOfExit = (exit: number) =>
    Object.entries(exitCodes).find(([, value]) => value === exit)?.[0] ?? "";
  const rows = Object.entries(errorTable).map(([name, { status, title, retry, exit }]) => [
    code(name),
    String(status),
    title,
    retry ? "yes" : "no",
    `${exit} (${nameOfExit(exit)})`,
  ]);
  const exits = Object.entries(exitCodes).map(([name, value]) => [String(value), name.replaceAll("_", " ")]);
  return (
    "# Errors\n\n" +
    table(["code", "status", "meaning", "may succeed later, unchanged", "exit code of alink-cli"], rows) +
    "\n## Exit codes of alink-cli\n\n" +
    table(["exit code", "meaning"], exits)
  );
}

const conditionOf = ({ cancel, open }: Step): string =>
  [
    cancel === "none" ? "no cancel is under way" : "",
    cancel === "asked" ? "the caller or the parent asked for it" : "",
    open === undefined ? "" : `${open} of its questions ${open === "one" ? "is" : "are"} open`,
  ]
    .filter((part) => part !== "")
    .join("; ");

function machineRows(): string[][] {
  return Object.entries(taskMachine).flatMap(([kind, steps]) =>
    steps.map((step) => [
      code(kind),
      step.what,
      step.from.map(code).join(", "),
      step.to === "same" ? "stays" : code(step.to),
      conditionOf(step),
    ]),
  );
}

/** The moves of the machine; what stays where it is isn't drawn. */
function diagram(): string {
  const moves = Object.entries(taskMachine).flatMap(([kind, steps]) =>
    steps.flatMap(({ from, to }) =>
      to === "same" ? [] : from.filter((each) => each !== to).map((each) => `  ${each} --> ${to}: ${kind}\n`),
    ),
  );
  const ends = terminalStatuses.map((status) => `  ${status} --> [*]\n`);
  return `\`\`\`mermaid\nstateDiagram-v2\n  [*] --> ${taskStatuses[0]}: task.created\n${moves.join("")}${ends.join("")}\`\`\`\n`;
}

/** generated/tables/task-machine.md */
export function machineTable(): string {
  const head = ["event", "what happened", "in state", "then", "only if"];
  return (
    "# States of a task\n\nA task begins with `task.created` in the state `created`. " +
    "An event that has no row for a state changes nothing there and is not kept.\n\n" +
    `${diagram()}\n${table(head, machineRows())}`
  );
}

/** The form of a file's schema that people write, with what it refers to put in place. */
function written(schema: z.ZodType): Schema {
  const { $defs = {}, ...root } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Schema;
  const defs = $defs as { readonly [name: string]: Schema };
  const inPlace = (value: Schema): Schema =>
    JSON.parse(JSON.stringify(value), (_key, inner: Schema | null) =>
      inner?.$ref === undefined
        ? inner
        : { ...inPlace(defs[inner.$ref.split("/").at(-1) ?? ""] ?? {}), ...inner },
    );
  return inPlace(root);
}

function typeOf(schema: Schema): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => code(String(value))).join(", ");
  const members = (schema.anyOf ?? []).map(typeOf).filter((type) => type !== "");
  if (members.length > 0) return [...new Set(members)].join(" or ");
  if (schema.type === "array") return "list";
  return [schema.type ?? ""].flat().join(" or ");
}

const shown = (value: unknown) => (value === undefined ? "" : code(JSON.stringify(value)));

/** generated/tables/config.md */
export function configTable(): string {
  const rows = settings.map(({ path, flag, variable, schema }) => {
    const { description = "", default: usual } = (schema.meta() ?? {}) as Schema;
    const text = typeof usual === "string" ? code(usual) : shown(usual);
    return [code(path.join(".")), code(`--${flag}`), code(variable), description, text];
  });
  return `# Configuration of the node\n\n${table(["key", "flag", "environment", "meaning", "default"], rows)}`;
}

/** The rows of an object's fields, and of what is inside them. */
function fieldRows(schema: Schema, path: string): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const needed = schema.required?.includes(name) === true ? "required" : shown(field.default);
    const row = [code(path + name), field.description ?? "", typeOf(field), needed];
    const inside = typeof field.additionalProperties === "object" ? field.additionalProperties : undefined;
    return [
      row,
      ...fieldRows(field, `${path}${name}.`),
      ...(inside?.properties === undefined ? [] : fieldRows(inside, `${path}${name}.<name>.`)),
      ...(field.items?.properties === undefined ? [] : fieldRows(field.items, `${path}${name}[].`)),
    ];
  });
}

/** generated/tables/registry.md */
export function registryTable(): string {
  const rows = fieldRows(written(RegistryFile), "");
  return `# The registry file\n\n${table(["key", "meaning", "type", "default"], rows)}`;
}
