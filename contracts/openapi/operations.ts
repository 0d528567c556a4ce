/** The contract's routes as the operations of the document. */
import { ContractNoBody } from "@ts-rest/core";
import { z } from "zod";
import { type ErrorCode, everywhere } from "../errors.ts";
import { contract } from "../index.ts";
import { nodeTaskRoutes } from "../node-tasks.ts";
import { answersOf, type Part } from "./answers.ts";
import { exampleOf } from "./examples.ts";
import type { Schema, Schemas } from "./schemas.ts";

interface Answer {
  readonly body: z.ZodType;
  readonly contentType: string;
}

/** A route, with everything that the document says of it. */
export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly description: string | undefined;
  /** Whether it needs no token. */
  readonly open: boolean;
  /** Whether a node's signature takes the place of a token. */
  readonly signed: boolean;
  /** What its stream is as one JSON value, where that can be asked for. */
  readonly json: z.ZodType | undefined;
  /** Media types that its bytes may have besides the declared one. */
  readonly media: readonly string[] | undefined;
  /** The errors that it may answer with. */
  readonly codes: readonly ErrorCode[];
  readonly parameters: { readonly [place in Place]: z.ZodObject | undefined };
  readonly body: z.ZodType | undefined;
  /** By status; null: without a body. */
  readonly responses: { readonly [status: string]: Answer | null };
}

type Place = "path" | "query" | "header";
type Route =
  | ((typeof contract)[keyof typeof contract] extends infer Routes
      ? Routes extends unknown
        ? Routes[keyof Routes]
        : never
      : never)
  | (typeof nodeTaskRoutes)[keyof typeof nodeTaskRoutes];

function answerOf(declared: unknown): Answer | null {
  if (declared === ContractNoBody) return null;
  if (declared instanceof z.ZodType) return { body: declared, contentType: "application/json" };
  return declared as Answer;
}

const asObject = (schema: unknown) => (schema instanceof z.ZodObject ? schema : undefined);

function operationOf(route: Route, common: readonly ErrorCode[]): Operation {
  const { metadata } = route;
  const open = "open" in metadata;
  const responses = Object.entries(route.responses)
    .filter(([status]) => !(open && status === "401"))
    .map(([status, declared]) => [status, answerOf(declared)]);
  return {
    operationId: metadata.operationId,
    tags: metadata.tags,
    method: route.method.toLowerCase(),
    path: route.path.replace(/:(\w+)/g, "{$1}"),
    summary: route.summary,
    description: "description" in route ? route.description : undefined,
    open,
    signed: "signed" in metadata,
    json: "json" in metadata ? metadata.json : undefined,
    media: "media" in metadata ? metadata.media : undefined,
    codes: [...common, ...metadata.codes],
    parameters: {
      path: "pathParams" in route ? asObject(route.pathParams) : undefined,
      query: "query" in route ? asObject(route.query) : undefined,
      header: "headers" in route ? asObject(route.headers) : undefined,
    },
    body: "body" in route ? route.body : undefined,
    responses: Object.fromEntries(responses),
  };
}

/** What programs call, in the contract's order: the client has a function for each. */
export const clientOperations = (): Operation[] =>
  Object.values(contract).flatMap((routes) =>
    (Object.values(routes) as Route[]).map((route) => operationOf(route, everywhere.codes)),
  );

/** What nodes alone call, about the tasks that they give each other; their errors have a form of their own. */
export const nodeTaskOperations = (): Operation[] =>
  Object.values(nodeTaskRoutes).map((route) => operationOf(route, []));

/**
 * All operations.
 * @throws Error where an operation has no id, or one that another has
 */
export function operations(): Operation[] {
  const all = [...clientOperations(), ...nodeTaskOperations()];
  requireUniqueIds(all);
  return all;
}

/** @throws Error naming the operation that has no id of its own */
export function requireUniqueIds(all: readonly Pick<Operation, "operationId" | "method" | "path">[]): void {
  const seen = new Set<string>();
  for (const { operationId, method, path } of all) {
    if (!operationId) throw new Error(`${method} ${path} has no operationId`);
    if (seen.has(operationId))
      throw new Error(`${method} ${path} has the operationId ${operationId} of another`);
    seen.add(operationId);
  }
}

function parametersOf(operation: Operation, schemas: Schemas): Part[] {
  return Object.entries(operation.parameters).flatMap(([place, object]) => {
    if (object === undefined) return [];
    const { properties = {}, required = [] } = schemas.of(object, "input");
    return Object.entries(properties).map(([name, property]) => {
      const { description, examples, ...schema } = property;
      return {
        name: place === "header" ? headerName(name) : name,
        in: place,
        required: place === "path" || required.includes(name),
        description: description ?? describedBy(property, schemas),
        schema,
        example: exampleOf(property, schemas.resolve),
      };
    });
  });
}

const describedBy = ({ $ref }: Schema, schemas: Schemas) =>
  $ref === undefined ? undefined : schemas.resolve($ref).description;

const headerNames: { readonly [name: string]: string } = {
  "aethrolink-chain": "AethroLink-Chain",
  "aethrolink-conversation": "AethroLink-Conversation",
  "aethrolink-payload": "AethroLink-Payload",
  "aethrolink-question": "AethroLink-Question",
  "aethrolink-question-timeout": "AethroLink-Question-Timeout",
  "aethrolink-signature": "AethroLink-Signature",
  "aethrolink-signature-new": "AethroLink-Signature-New",
  "last-event-id": "Last-Event-ID",
  traceparent: "traceparent",
};

const headerName = (name: string) =>
  headerNames[name] ?? name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());

function bodyOf({ body }: Operation, schemas: Schemas): Part | undefined {
  if (body === undefined) return undefined;
  const optional = body instanceof z.ZodOptional;
  const schema = schemas.of(optional ? (body.unwrap() as z.ZodType) : body, "input");
  const media = { schema, example: exampleOf(schema, schemas.resolve) };
  return { required: !optional, content: { "application/json": media } };
}

/** An operation as the document shows it. */
export function describeOperation(operation: Operation, schemas: Schemas): Part {
  const { operationId, tags, summary, description, open, signed } = operation;
  const parameters = parametersOf(operation, schemas);
  const requestBody = bodyOf(operation, schemas);
  return {
    operationId,
    tags,
    summary,
    ...(description === undefined ? {} : { description }),
    ...(open ? { security: [] } : {}),
    ...(signed ? { security: [{ signature: [] }] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(requestBody === undefined ? {} : { requestBody }),
    responses: answersOf(operation, schemas),
  };
}
