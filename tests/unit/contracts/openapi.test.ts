import { describe, expect, it } from "vitest";
import { errorTable } from "#contracts/errors.ts";
import { contract } from "#contracts/index.ts";
import { nodeTaskRoutes } from "#contracts/node-tasks.ts";
import { nodeTaskOperations, operations } from "#contracts/openapi/operations.ts";
import { openapiDocument } from "#contracts/openapi.ts";
import { version } from "#src/version.ts";

interface Media {
  readonly schema: unknown;
  readonly example?: unknown;
  readonly examples?: { readonly [code: string]: { readonly value: { readonly code: string } } };
}
interface Shown {
  readonly operationId: string;
  readonly security?: readonly unknown[];
  readonly requestBody?: { readonly required: boolean; readonly content: { readonly [type: string]: Media } };
  readonly responses: {
    readonly [status: string]: {
      readonly headers?: { readonly [name: string]: unknown };
      readonly content?: { readonly [type: string]: Media };
    };
  };
}

const document = openapiDocument(version) as {
  paths: { [path: string]: { [method: string]: Shown } };
  components: { schemas: { [name: string]: { properties?: { [name: string]: unknown } } } };
};
const shown = Object.values(document.paths).flatMap((methods) => Object.values(methods));
const named = (id: string) => shown.find(({ operationId }) => operationId === id);
const all = operations();

describe("the API document", () => {
  it("shows every route of the contract", () => {
    const routes = Object.values(contract).flatMap((group) => Object.keys(group));
    const between = Object.values(nodeTaskRoutes).map(({ metadata }) => metadata.operationId);
    expect(shown.map(({ operationId }) => operationId).sort()).toEqual([...routes, ...between].sort());
  });

  it.each(all.map((operation) => [operation.operationId, operation] as const))(
    "shows of %s, for each of its errors, an example",
    (id, { codes, open }) => {
      const examples = Object.entries(named(id)?.responses ?? {}).flatMap(([status, { content }]) =>
        Object.values(content?.["application/problem+json"]?.examples ?? {}).map(({ value }) => {
          expect(String(errorTable[value.code as keyof typeof errorTable].status)).toBe(status);
          return value.code;
        }),
      );
      expect(examples.sort()).toEqual(codes.filter((code) => !(open && code === "unauthorized")).sort());
    },
  );

  it.each(all.map((operation) => [operation.operationId, operation] as const))(
    "gives examples of %s that its own schemas take",
    (id, { body, responses }) => {
      const request = named(id)?.requestBody?.content["application/json"]?.example;
      if (body !== undefined) expect(body.safeParse(request)).toMatchObject({ success: true });
      for (const [status, answer] of Object.entries(responses)) {
        const media = named(id)?.responses[status]?.content?.["application/json"];
        if (media === undefined || answer?.contentType !== "application/json") continue;
        expect(answer.body.safeParse(media.example)).toMatchObject({ success: true });
      }
    },
  );

  it("needs a token for all but the operations that are open", () => {
    const open = shown.filter(({ security }) => security?.length === 0).map(({ operationId }) => operationId);
    expect(open.toSorted()).toEqual(["getDocs", "getNodeHealth", "getOpenapi", "healthz", "ping"]);
    const signed = shown.filter(({ security }) => (security?.length ?? 0) > 0);
    expect(signed.map(({ operationId }) => operationId)).toEqual([
      "pairNode",
      "rotateNode",
      ...nodeTaskOperations().map(({ operationId }) => operationId),
    ]);
    for (const id of open) expect(named(id)?.responses["401"]).toBeUndefined();
  });

  it("says what the data of a stream's frame holds", () => {
    expect(document.components.schemas["TaskEventFrame"]?.properties?.["data"]).toMatchObject({
      contentMediaType: "application/json",
      contentSchema: { $ref: "#/components/schemas/TaskEvent" },
    });
    expect(Object.keys(named("streamTaskEvents")?.responses["200"]?.content ?? {})).toEqual([
      "text/event-stream",
      "application/json",
    ]);
  });

  it.each([
    ["createTask", 202, "Idempotent-Replayed"],
    ["createTask", 429, "Retry-After"],
    ["getTask", 401, "WWW-Authenticate"],
    ["getTask", 503, "Retry-After"],
    ["getArtifact", 200, "ETag"],
    ["getArtifact", 206, "Content-Range"],
  ])("tells of %s %i the header %s", (id, status, header) => {
    expect(named(id)?.responses[status]?.headers).toHaveProperty(header);
  });
});
