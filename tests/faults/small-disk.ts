/** A disk of its own for a data directory, small enough to be filled (Linux, as root). */
import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

export interface SmallDisk extends Disposable {
  /** Takes all that is free. */
  fill(): void;
  /** Gives it back. */
  free(): void;
}

/** Whether this process may mount one. */
export function canMount(): boolean {
  return process.platform === "linux" && process.getuid?.() === 0;
}

/**
 * Mounts a disk on a directory, which is made.
 * @param megabytes its size
 */
export function mountSmallDisk(directory: string, megabytes: number): SmallDisk {
  mkdirSync(directory, { mode: 0o700 });
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m,mode=0700`, "tmpfs", directory]);
  const filler = join(directory, "filler");
  return {
    fill() {
      const file = openSync(filler, "a");
      try {
        for (let size = 1024 * 1024; size > 0; size = Math.floor(size / 2)) writeUntilFull(file, size);
      } finally {
        closeSync(file);
      }
    },
    free: () => rmSync(filler, { force: true }),
    [Symbol.dispose]: () => void execFileSync("umount", ["-l", directory]),
  };
}

function writeUntilFull(file: number, size: number): void {
  const bytes = Buffer.alloc(size, 1);
  try {
    while (writeSync(file, bytes) === size);
  } catch (thrown) {
    if (!(thrown instanceof Error && "code" in thrown && thrown.code === "ENOSPC")) throw thrown;
  }
}
