/**
 * Artifacts: bytes that the node keeps for a task, where they are too large for its record.
 */
import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { readByProcessesToo } from "./access.ts";
import { failures, storageFaults } from "./errors.ts";
import { Ulid } from "./shared.ts";

export const ArtifactRef = z
  .object({
    artifact_id: Ulid,
    media_type: z.string().meta({ examples: ["text/markdown"] }),
    url: z.string().meta({ examples: ["/artifacts/01KAT3Q4V5W6X7Y8Z9A0B1C2D5"] }),
    size_bytes: z.int(),
    sha256: z
      .string()
      .meta({ examples: ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"] }),
    name: z
      .string()
      .optional()
      .meta({ description: "What the runtime called it.", examples: ["notes.md"] }),
  })
  .meta({ id: "ArtifactRef", description: "Bytes that the node keeps for a task." });
export type ArtifactRef = z.infer<typeof ArtifactRef>;

const artifactFailures = failures(
  "artifact_not_found",
  "range_not_satisfiable",
  "artifact_corrupt",
  ...storageFaults,
);
const c = initContract();

/** The bytes themselves, in whatever media type they have. */
export const Bytes = z.custom<Uint8Array>().meta({
  id: "Bytes",
  type: "string",
  format: "binary",
  description: "The bytes.",
  examples: ["# Release notes\n"],
});

export const artifactRoutes = c.router({
  getArtifact: {
    method: "GET",
    path: "/artifacts/:artifact_id",
    summary: "Read an artifact's bytes",
    description:
      "In the artifact's own media type, with ETag (its SHA-256) and byte ranges; as an attachment where a browser would run it. Damaged bytes are an error, never sent.",
    pathParams: z.object({
      artifact_id: Ulid.meta({ description: "The artifact.", examples: ["01KAT3Q4V5W6X7Y8Z9A0B1C2D5"] }),
    }),
    headers: z.object({
      range: z
        .string()
        .max(128)
        .optional()
        .meta({ description: "One byte range.", examples: ["bytes=0-1023"] }),
      "if-none-match": z
        .string()
        .max(1024)
        .optional()
        .meta({ description: "An ETag that you have.", examples: ['"none"'] }),
    }),
    responses: {
      200: c.otherResponse({ contentType: "application/octet-stream", body: Bytes }),
      206: c.otherResponse({ contentType: "application/octet-stream", body: Bytes }),
      304: c.noBody(),
      ...artifactFailures.responses,
    },
    metadata: {
      operationId: "getArtifact",
      tags: ["artifacts"],
      callers: readByProcessesToo,
      codes: artifactFailures.codes,
      media: ["application/json", "text/markdown", "text/plain"],
    },
  },
});
