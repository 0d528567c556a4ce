/** Programs from the Python registry: into the user's cache, once for each version. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The versions of Python that are looked for, in order: 3.11, 3.12 or 3.13, with venv. */
const pythons = ["python3", "python3.13", "python3.12", "python3.11"];
const isFit = "import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))";

/** A program, or why it can't be had here. */
export type Found = { readonly program: string } | { readonly missing: string };

export interface PythonPackage {
  readonly name: string;
  readonly version: string;
  /** In brackets behind the name, for pip. */
  readonly extra?: string;
  readonly program: string;
  /** Arguments with which the program says that it works. */
  readonly check: readonly string[];
}

/**
 * A package's program, installed if it isn't yet.
 * @returns never rejects: where it can't be installed, why
 */
export async function findPythonProgram(wanted: PythonPackage): Promise<Found> {
  const { name, version, extra } = wanted;
  const requirement = `${name}${extra === undefined ? "" : `[${extra}]`}==${version}`;
  try {
    return await installed(wanted, requirement);
  } catch (thrown) {
    return { missing: `${requirement} can't be installed: ${lastLineOf(thrown)}` };
  }
}

async function installed(
  { name, version, program, check }: PythonPackage,
  requirement: string,
): Promise<Found> {
  const cache = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "aethrolink", "runtimes");
  const stamp = join(cache, `${name}-${version}`);
  const programIn = (place: string) => join(place, "bin", program);
  const known = existsSync(stamp) ? readFileSync(stamp, "utf8") : "";
  if (known !== "" && existsSync(programIn(known))) return { program: programIn(known) };
  const python = await findPython();
  if (python === undefined)
    return { missing: `${name} needs Python 3.11, 3.12 or 3.13 with venv, and none is here` };
  process.stderr.write(`installing ${requirement} into ${cache}\n`);
  mkdirSync(cache, { recursive: true });
  // Named at random and stamped when whole, since others may be at it at the same time.
  const place = mkdtempSync(`${stamp}-`);
  try {
    await run(python, ["-m", "venv", place]);
    await run(join(place, "bin", "pip"), ["install", "--quiet", "--disable-pip-version-check", requirement]);
    await run(programIn(place), [...check]);
  } catch (thrown) {
    rmSync(place, { recursive: true, force: true });
    throw thrown;
  }
  writeFileSync(`${place}.stamp`, place);
  renameSync(`${place}.stamp`, stamp);
  return { program: programIn(place) };
}

async function findPython(): Promise<string | undefined> {
  for (const python of pythons) {
    const fits = await run(python, ["-c", isFit]).then(
      () => true,
      () => false,
    );
    if (fits) return python;
  }
  return undefined;
}

function lastLineOf(thrown: unknown): string {
  const { stderr = "", message } = thrown as { stderr?: string; message: string };
  return (stderr.trim() || message).split("\n").at(-1) ?? "";
}
