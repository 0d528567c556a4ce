/** The command `alink-cli` in a process of its own, told nothing but where the node's data is. */
import { once } from "node:events";
import { existsSync } from "node:fs";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { execa } from "execa";

export const program = fileURLToPath(new URL("../../../cli/bin/alink-cli.mjs", import.meta.url));

/** Whether there is a program that makes a terminal. */
export const hasTerminal = process.platform === "linux" && existsSync("/usr/bin/script");

const clean = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith("AETHROLINK_")),
);

export interface Ran {
  readonly code: number | undefined;
  readonly out: string;
  readonly err: string;
}

/** What a person sees and presses. */
export interface Terminal {
  /** Resolves when something that fits has been shown. */
  shows(pattern: RegExp): Promise<void>;
  press(keys: string): void;
  /** All that was shown, and the exit code. */
  end(): Promise<{ readonly code: number | undefined; readonly shown: string }>;
}

/** What comes on a stream. */
export function watch(stream: Readable) {
  const parts: string[] = [];
  stream.setEncoding("utf8").on("data", (part: string) => parts.push(part));
  const text = () => parts.join("");
  const ended = once(stream, "close").then(() => {
    throw new Error(`it ended, having shown:\n${text()}`);
  });
  ended.catch(() => {});
  return {
    text,
    /** Resolves when something that fits has come. */
    async shows(pattern: RegExp): Promise<void> {
      while (!pattern.test(text())) await Promise.race([once(stream, "data"), ended]);
    },
  };
}

/** The command for the node of this data directory. */
export function commandFor(dataDir: string) {
  const optionsWith = (env: object) => ({
    env: { ...clean, AETHROLINK_DATA_DIR: dataDir, ...env },
    extendEnv: false as const,
    reject: false as const,
  });
  const terminalWith = (env: object, ...args: string[]): Terminal => {
    const quoted = [process.execPath, program, ...args].map((word) => `'${word}'`).join(" ");
    const child = execa("script", ["-qefc", quoted, "/dev/null"], optionsWith(env));
    const screen = watch(child.stdout);
    return {
      shows: screen.shows,
      press: (keys) => child.stdin.write(keys),
      async end() {
        const { exitCode } = await child;
        return { code: exitCode, shown: screen.text() };
      },
    };
  };
  return {
    /** Starts it; what it prints and how it ends comes with the promise. */
    start: (args: readonly string[], env: object = {}, node = process.execPath) =>
      execa(node, [program, ...args], optionsWith(env)),
    async run(args: readonly string[], env: object = {}, node = process.execPath): Promise<Ran> {
      const { exitCode, stdout, stderr } = await execa(node, [program, ...args], {
        ...optionsWith(env),
        stdin: "ignore",
      });
      return { code: exitCode, out: stdout, err: stderr };
    },
    /** Several of them in a shell, where `alink-cli` is the command. */
    async shell(line: string): Promise<Ran> {
      const alias = `alink-cli() { '${process.execPath}' '${program}' "$@"; }`;
      const { exitCode, stdout, stderr } = await execa("bash", ["-c", `${alias}\n${line}`], optionsWith({}));
      return { code: exitCode, out: stdout, err: stderr };
    },
    terminal: (...args: string[]) => terminalWith({}, ...args),
    terminalWith,
  };
}
