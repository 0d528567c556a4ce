/** Programs from the Python registry. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Found, installed } from "./installed.ts";

const run = promisify(execFile);

/** The versions of Python that are looked for, in order: 3.11, 3.12 or 3.13, with venv. */
const pythons = ["python3", "python3.13", "python3.12", "python3.11"];
const isFit = "import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))";

export interface PythonPackage {
  readonly name: string;
  readonly version: string;
  /** In brackets behind the name, for pip. */
  readonly extra?: string;
  /** What else is to be there, in pip's words. */
  readonly beside?: readonly string[];
  readonly program: string;
  /** Arguments with which the program says that it works. */
  readonly check: readonly string[];
}

/**
 * A package's program, installed if it isn't yet.
 * @returns never rejects: where it can't be installed, why
 */
export function findPythonProgram({
  name,
  version,
  extra,
  beside = [],
  program,
  check,
}: PythonPackage): Promise<Found> {
  const requirement = `${name}${extra === undefined ? "" : `[${extra}]`}==${version}`;
  return installed({
    name: `${name}-${version}`,
    requirement,
    program: join("bin", program),
    async install(place) {
      await run(await findPython(), ["-m", "venv", place]);
      await run(join(place, "bin", "pip"), [
        "install",
        "--quiet",
        "--disable-pip-version-check",
        requirement,
        ...beside,
      ]);
      await run(join(place, "bin", program), [...check]);
    },
  });
}

async function findPython(): Promise<string> {
  for (const python of pythons) {
    const fits = await run(python, ["-c", isFit]).then(
      () => true,
      () => false,
    );
    if (fits) return python;
  }
  throw new Error("it needs Python 3.11, 3.12 or 3.13 with venv, and none is here");
}
