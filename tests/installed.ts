/**
 * Programs from the registries of packages: into the user's cache, once for each version.
 *
 * 1. What is stamped is whole: a place is filled under a name of its own, tried, then stamped.
 * 2. Of several processes that want the same, one installs and the others wait for it.
 * 3. A process that died over it keeps nobody waiting.
 * 4. A registry may fail once: what can't be installed is tried a second time.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** A program, or why it can't be had here. */
export type Found = { readonly program: string } | { readonly missing: string };

export interface Installation {
  /** Of the package and its version, as a file name. */
  readonly name: string;
  /** As its registry's client calls it. */
  readonly requirement: string;
  /** The program below the place. */
  readonly program: string;
  /** Fills an empty place; the program there then works. */
  install(place: string): Promise<void>;
}

/**
 * The program, installed if it isn't yet.
 * @returns never rejects: where it can't be installed, why
 */
export async function installed(wanted: Installation): Promise<Found> {
  try {
    const cache = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "aethrolink", "runtimes");
    mkdirSync(cache, { recursive: true });
    return { program: join(await placeOf(cache, wanted), wanted.program) };
  } catch (thrown) {
    return { missing: `${wanted.requirement} can't be installed: ${lastLineOf(thrown)}` };
  }
}

async function placeOf(cache: string, wanted: Installation): Promise<string> {
  const stamp = join(cache, wanted.name);
  for (;;) {
    const known = existsSync(stamp) ? readFileSync(stamp, "utf8") : "";
    if (known !== "" && existsSync(join(known, wanted.program))) return known;
    const turn = takeTurn(`${stamp}.lock`);
    if (turn === undefined) await pause(250);
    else {
      using _turn = turn;
      process.stderr.write(`installing ${wanted.requirement} into ${cache}\n`);
      return await fill(stamp, wanted).catch(() => fill(stamp, wanted));
    }
  }
}

async function fill(stamp: string, { install }: Installation): Promise<string> {
  const place = mkdtempSync(`${stamp}-`);
  try {
    await install(place);
  } catch (thrown) {
    rmSync(place, { recursive: true, force: true });
    throw thrown;
  }
  writeFileSync(`${place}.stamp`, place);
  renameSync(`${place}.stamp`, stamp);
  return place;
}

/** Undefined: another process is at it. */
function takeTurn(lock: string): Disposable | undefined {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return { [Symbol.dispose]: () => rmSync(lock, { force: true }) };
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "EEXIST") throw thrown;
    if (isLeft(lock)) rmSync(lock, { force: true });
    return undefined;
  }
}

/** Whether the process that holds it has gone. An empty one is being written, if it is young. */
function isLeft(lock: string): boolean {
  const age = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
  if (age === undefined) return false;
  const pid = Number(existsSync(lock) ? readFileSync(lock, "utf8") : "");
  if (pid === 0) return Date.now() - age > 10_000;
  try {
    process.kill(pid, 0);
    return false;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === "ESRCH";
  }
}

function lastLineOf(thrown: unknown): string {
  const { stderr = "", message } = thrown as { stderr?: string; message: string };
  // npm ends with where its log is, and with empty lines of its own.
  const lines = (stderr.trim() || message)
    .split("\n")
    .filter((line) => !/complete log|^npm error$/.test(line));
  return lines.at(-1)?.trim() ?? "";
}
