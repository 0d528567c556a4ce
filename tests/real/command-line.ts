/** The command `alink-cli`, as a person or a script uses it: told nothing but where the node's data is. */
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { TaskEvent } from "#contracts/events.ts";

/** The file of the command. */
export const program = fileURLToPath(new URL("../../cli/bin/alink-cli.mjs", import.meta.url));

/** A stream of events that the command prints. */
export interface Following extends AsyncDisposable {
  /** What it has printed so far. */
  readonly events: readonly TaskEvent[];
  /** Reads on to the next event that fits. */
  next(fits: (event: TaskEvent) => boolean): Promise<TaskEvent>;
  /** Reads on to the end. */
  end(): Promise<{ readonly code: number | undefined; readonly stderr: string }>;
}

export interface CommandLine {
  /**
   * Runs a command to its end.
   * @returns what it printed, as JSON
   * @throws where it fails
   */
  json(...args: string[]): Promise<unknown>;
  /** Runs a command that prints events as they come. */
  follow(...args: string[]): Following;
}

/** The command for the node of this data directory. */
export function commandLineFor(dataDir: string): CommandLine {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("AETHROLINK_")),
  );
  const options = { env: { ...env, AETHROLINK_DATA_DIR: dataDir }, extendEnv: false };
  return {
    async json(...args) {
      const { stdout } = await execa(process.execPath, [program, ...args, "--json"], options);
      return JSON.parse(stdout);
    },
    follow(...args) {
      const child = execa(process.execPath, [program, ...args, "--json"], { ...options, reject: false });
      const lines = child.iterable()[Symbol.asyncIterator]();
      const events: TaskEvent[] = [];
      const pull = async (): Promise<TaskEvent | undefined> => {
        const { value, done } = await lines.next();
        if (done === true) return undefined;
        const event = TaskEvent.parse(JSON.parse(value));
        events.push(event);
        return event;
      };
      return {
        events,
        async next(fits) {
          for (let event = await pull(); event !== undefined; event = await pull())
            if (fits(event)) return event;
          throw new Error(`it ended before such an event: ${(await child).stderr}`);
        },
        async end() {
          while ((await pull()) !== undefined);
          const { exitCode, stderr } = await child;
          return { code: exitCode, stderr };
        },
        async [Symbol.asyncDispose]() {
          child.kill("SIGKILL");
          await child;
        },
      };
    },
  };
}
