/** Directories of the node's own. */
import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a directory, and those above it that aren't there, for nobody but their owner. One by one: where a
 * file system takes no directories (`/proc`), Node's recursive `mkdir` goes on for ever.
 * @param path absolute
 * @throws Error as the system says it, with its code
 */
export function makeDirectory(path: string): void {
  if (isDirectory(path)) return;
  if (dirname(path) !== path) makeDirectory(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (thrown) {
    if (!isDirectory(path)) throw thrown; // else somebody was faster
  }
}

const isDirectory = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
