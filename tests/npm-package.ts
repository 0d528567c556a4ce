/** Programs from the npm registry that are no dependencies of this repository. */
import { execFile } from "node:child_process";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { type Found, installed } from "./installed.ts";

const run = promisify(execFile);

/** `PATH` with the Node that runs this first: such programs want one as new as ours. */
export const pathWithNode = [dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter);

export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  readonly program: string;
  /** Arguments with which the program says that it works. */
  readonly check: readonly string[];
}

/**
 * A package's program, installed if it isn't yet.
 * @returns never rejects: where it can't be installed, why
 */
export function findNpmProgram({ name, version, program, check }: NpmPackage): Promise<Found> {
  const requirement = `${name}@${version}`;
  const path = join("node_modules", ".bin", program);
  const env = { ...process.env, PATH: pathWithNode };
  return installed({
    name: `${name.replace(/^@/, "").replace("/", "-")}-${version}`,
    requirement,
    program: path,
    async install(place) {
      // No package's scripts run here: these programs work without.
      const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
      await run("npm", ["install", "--prefix", place, ...quiet, requirement], { env, cwd: place });
      await run(join(place, path), [...check], { env, cwd: place });
    },
  });
}
