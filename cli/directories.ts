/** Directories that commands make. */
import { mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Makes a directory, and those above it that aren't there. One by one: where a file system takes no directories
 * (`/proc`), Node's recursive `mkdir` goes on for ever.
 * @param mode of those that are made; default: what the user's umask leaves
 */
export function makeDirectory(path: string, mode?: number): void {
  if (isDirectory(path)) return;
  const above = dirname(resolve(path));
  if (above !== resolve(path)) makeDirectory(above, mode);
  try {
    mkdirSync(path, { mode });
  } catch (thrown) {
    if (!isDirectory(path)) throw thrown; // else somebody was faster
  }
}

const isDirectory = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
