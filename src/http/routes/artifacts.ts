/** Artifacts over HTTP: bytes, with ETag and ranges (RFC 9110, sections 8.8.3, 14 and 15.5.17). */
import { initServer } from "@ts-rest/express";
import { contract } from "#contracts/index.ts";
import { seesTask } from "#src/engine/access.ts";
import { haveBytes } from "#src/engine/remote-artifacts.ts";
import { fail } from "#src/errors.ts";
import type { ArtifactRow } from "#src/store/artifact-rows.ts";
import type { Server } from "../app.ts";
import { principalOf } from "../guard.ts";
import { piped } from "../piped.ts";

/** What a browser shows without running it. */
const harmless = new Set(["application/json", "text/plain", "text/markdown"]);

interface ByteRange {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/**
 * One range of a Range header; several, or one that isn't understood, are ignored, as the RFC allows.
 * @returns none: the artifact has no byte of it
 */
function rangeOf(header: string | undefined, size: number): ByteRange | "none" | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (first === undefined || last === undefined || (first === "" && last === "")) return undefined;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size : Math.min(size, Number(last) + 1);
  if (start >= size) return "none";
  return start < end ? { start, end } : undefined;
}

const headersOf = (row: ArtifactRow) => ({
  "Content-Type": row.media_type,
  ETag: `"${row.sha256}"`,
  "Accept-Ranges": "bytes",
  "Cache-Control": "private, immutable, max-age=31536000",
  "Content-Security-Policy": "default-src 'none'; sandbox",
  "Content-Disposition": harmless.has(row.media_type)
    ? "inline"
    : `attachment; filename="${row.artifact_id}"`,
});

/** The handlers of the contract's artifacts. */
export function artifactHandlers({ engine }: Server) {
  return initServer().router(contract.artifacts, {
    async getArtifact({ params: { artifact_id }, headers, res }) {
      const row = engine.artifacts.find(artifact_id);
      if (row === undefined || !seesTask(engine, principalOf(res), row.task_id))
        fail("artifact_not_found", `There is no artifact ${artifact_id}.`);
      const known = (headers["if-none-match"] ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
      if (known.includes(`"${row.sha256}"`) || known.includes("*")) {
        res.setHeader("ETag", `"${row.sha256}"`);
        return { status: 304, body: undefined };
      }
      await haveBytes(engine, row);
      const range = rangeOf(headers.range, row.size_bytes);
      if (range === "none") {
        res.setHeader("Content-Range", `bytes */${row.size_bytes}`);
        fail("range_not_satisfiable", `The artifact has ${row.size_bytes} bytes.`);
      }
      const bytes = await engine.artifacts.read(row);
      const part = range === undefined ? bytes : bytes.subarray(range.start, range.end);
      const body = piped<Uint8Array>((out) => {
        out.set(headersOf(row));
        if (range !== undefined)
          out.set("Content-Range", `bytes ${range.start}-${range.end - 1}/${row.size_bytes}`);
        out.set("Content-Length", String(part.length));
        out.end(part);
      });
      return { status: range === undefined ? 200 : 206, body };
    },
  });
}
