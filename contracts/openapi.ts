/** The contract as an OpenAPI 3.1 document: the one that the node serves and the client is made from. */
import { describeFrames, type Part } from "./openapi/answers.ts";
import { describeOperation, operations } from "./openapi/operations.ts";
import { collectSchemas } from "./openapi/schemas.ts";

const introduction = `The control API of an AethroLink node: it hands tasks to agent runtimes and keeps their history.

A node answers where it is started, by default to its own machine only. Every call but the open ones needs
\`Authorization: Bearer <token>\`.

In a request an empty string or null in an optional field counts as not given. Fields that a request does not
know are an error; answers and events may gain fields, and clients ignore those that they don't know.

Errors are problem documents (RFC 9457): decide on \`code\`. A path that is not listed here answers 404
not_found, a method that a path does not have 405 method_not_allowed with \`Allow\`.`;

const tags: Part[] = [
  { name: "tasks", description: "Give work, read it, follow it, stop it." },
  { name: "events", description: "What happens to all tasks." },
  { name: "targets", description: "Who can be given work." },
  { name: "runtimes", description: "The targets that run at this node." },
  { name: "artifacts", description: "Bytes that are too large for a record." },
  { name: "peers", description: "Other nodes." },
  { name: "node", description: "What nodes say to each other." },
  { name: "tokens", description: "Who may call." },
  { name: "service", description: "The node about itself." },
];

const servers: Part[] = [
  {
    url: "http://{host}:{port}",
    description: "A node on this machine.",
    variables: {
      host: { default: "127.0.0.1", description: "The address that it listens at." },
      port: { default: "7777", description: "The port that it listens at." },
    },
  },
];

/**
 * Writes the document.
 * @param version the version of the API
 * @param shown the operations; default: all
 * @throws Error where an operation has no id of its own, or a declared error no code
 */
export function openapiDocument(version: string, shown = operations()): Part {
  const schemas = collectSchemas();
  const paths: { [path: string]: Part } = {};
  for (const operation of shown) {
    const { path, method } = operation;
    paths[path] = { ...paths[path], [method]: describeOperation(operation, schemas) };
  }
  const { document, components } = schemas.finish(paths);
  describeFrames(components);
  return {
    openapi: "3.1.0",
    info: {
      title: "AethroLink",
      version,
      summary: "Hands tasks between agent runtimes and loses nothing.",
      description: introduction,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers,
    security: [{ token: [] }],
    tags,
    paths: document,
    components: {
      securitySchemes: {
        token: {
          type: "http",
          scheme: "bearer",
          description: "A token of this node; the operator's is in operator.token of its data directory.",
        },
        signature: {
          type: "apiKey",
          in: "header",
          name: "AethroLink-Signature",
          description: "What a node says of its own message, signed by its key.",
        },
      },
      schemas: components,
    },
  };
}
