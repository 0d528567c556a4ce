/** Whether a program is there. */
import { statSync } from "node:fs";
import { delimiter, resolve } from "node:path";

export interface ProgramPlace {
  /** The first word of a command. */
  readonly program: string;
  readonly cwd: string;
  /** The PATH that it is looked for in. */
  readonly path: string;
}

/** As the system looks for it; a launch may have failed before it did. */
export function isThere({ program, cwd, path }: ProgramPlace): boolean {
  const places = program.includes("/")
    ? [resolve(cwd, program)]
    : path.split(delimiter).map((folder) => resolve(cwd, folder, program));
  return places.some((place) => statSync(place, { throwIfNoEntry: false })?.isFile() === true);
}
