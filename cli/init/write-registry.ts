/** Puts the file where the node looks for it. */
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Writes the registry.
 * @param mayReplace false: a file that came in the meantime is left as it is, and the call throws
 */
export function writeRegistry(path: string, text: string, mayReplace: boolean): void {
  const folder = dirname(path);
  // A node refuses a data directory that others may use, unless it is empty; now it will not be.
  if (!existsSync(folder)) mkdirSync(folder, { recursive: true, mode: 0o700 });
  else if (readdirSync(folder).length === 0) chmodSync(folder, 0o700);
  writeFileSync(path, text, { mode: 0o600, flag: mayReplace ? "w" : "wx" });
}
