/** `alink-node` with words of its own, run to its end. */
import { execa } from "execa";
import { nodeProgram } from "./programs.ts";

export interface Ended {
  readonly code: number | undefined;
  readonly out: string;
  readonly err: string;
}

/** Runs it, without variables that would configure it. */
export async function alinkNode(words: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const own = Object.keys(process.env).filter((name) => name.startsWith("AETHROLINK_"));
  const { exitCode, stdout, stderr } = await execa(process.execPath, [await nodeProgram(), ...words], {
    reject: false,
    stdin: "ignore",
    env: { ...Object.fromEntries(own.map((name) => [name, undefined])), ...env },
  });
  return { code: exitCode, out: stdout, err: stderr };
}
