/** Puts the file where the node looks for it. */
import { chmodSync, existsSync, readdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { makeDirectory } from "../directories.ts";
import { UsageError } from "../usage-error.ts";

/**
 * Writes the registry.
 * @param mayReplace false: a file that came in the meantime is left as it is, and the call throws
 * @throws UsageError where it can't be written
 */
export function writeRegistry(path: string, text: string, mayReplace: boolean): void {
  try {
    closeFolder(dirname(path));
    writeFileSync(path, text, { mode: 0o600, flag: mayReplace ? "w" : "wx" });
  } catch (thrown) {
    throw new UsageError(`${path} can't be written: ${(thrown as Error).message}`);
  }
}

/** A node refuses a data directory that others may use, unless it is empty; now it will not be. */
function closeFolder(folder: string): void {
  if (!existsSync(folder)) makeDirectory(folder, 0o700);
  else if (readdirSync(folder).length === 0) chmodSync(folder, 0o700);
}
