/** A real runtime as a test finds it: a command of this machine, or why there is none. */
import { beforeAll, beforeEach } from "vitest";
import type { Found } from "../installed.ts";

/**
 * Says to all tests of a file which runtime they need.
 * @returns its program, once the tests run
 */
export function needRuntime(name: string, find: () => Promise<Found>): () => string {
  let found: Found;
  beforeAll(async () => {
    found = await find();
    if (!("missing" in found)) return;
    if (process.env["REAL"] === "require") throw new Error(found.missing);
    process.stderr.write(`the tests with the real ${name} are skipped: ${found.missing}\n`);
  }, 900_000);
  beforeEach(({ skip }) => {
    if ("missing" in found) skip(found.missing);
  });
  return () => {
    if ("missing" in found) throw new Error(found.missing);
    return found.program;
  };
}
