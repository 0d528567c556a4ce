/** What `alink-node` does besides running a node: its first word, then the flags of the node that is meant. */
import { parseArgs } from "node:util";
import { flags as nodeFlags, readConfig } from "../config.ts";
import { exitCodes, messageOf, StartError } from "../errors.ts";
import { openLog } from "../log.ts";
import { backUp } from "./backup.ts";
import { collectGarbage, tellGarbage } from "./gc.ts";
import { rotateKey } from "./rotate-key.ts";
import { type ServiceOptions, writeService } from "./service.ts";

type Environment = Readonly<Record<string, string | undefined>>;

interface Given {
  /** The flags of the node. */
  readonly argv: readonly string[];
  readonly env: Environment;
  /** The word behind the command's name. */
  readonly word: string | undefined;
  /** The command's own flags. */
  readonly own: { readonly [flag: string]: string | boolean | undefined };
}

interface Upkeep {
  readonly flags: { readonly [flag: string]: { readonly type: "string" | "boolean" } };
  /** What the word behind its name means; undefined: it takes none. */
  readonly word?: string;
  run(given: Given): Promise<void>;
}

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** What was done is done; but whoever wanted to read of it, can't. */
function tellUnprinted(thrown: NodeJS.ErrnoException): void {
  if (thrown.code === "EPIPE") return; // nobody wants to
  process.stderr.write(`alink-node: standard output can't be written: ${thrown.message}\n`);
  process.exitCode = exitCodes.cantCreate;
}

const commands: { readonly [name: string]: Upkeep } = {
  gc: {
    flags: { "dry-run": { type: "boolean" } },
    async run({ argv, env, own }) {
      const config = readConfig(argv, env);
      if (own["dry-run"] === true) return await tellGarbage(config, say);
      await collectGarbage(config, await openLog(config.logLevel, process.stderr.isTTY === true), say);
    },
  },
  backup: {
    flags: {},
    word: "a directory for the copy",
    async run({ argv, env, word }) {
      await backUp(readConfig(argv, env), word ?? "", say);
    },
  },
  "rotate-key": {
    flags: { force: { type: "boolean" } },
    async run({ argv, env, own }) {
      await rotateKey(readConfig(argv, env), { force: own["force"] === true, say });
    },
  },
  service: {
    flags: { install: { type: "boolean" }, uninstall: { type: "boolean" }, name: { type: "string" } },
    async run({ argv, env, own }) {
      await writeService(own satisfies ServiceOptions, argv, env, say);
    },
  },
};

export const upkeepHelp = `       alink-node rotate-key [--force] [flags]
       alink-node gc [--keep-days N] [--dry-run] [flags]
       alink-node backup DIRECTORY [flags]
       alink-node service [--install | --uninstall] [--name NAME] [flags]

gc forgets what is too old, removes what a crash left, and makes the files of a stopped node smaller;
--dry-run only tells. backup copies all of a node, while it runs or not. service writes what systemd
(Linux) or launchd (macOS) needs to run a node with these flags. rotate-key gives a stopped node a new
key, and tells its peers, who must run; --force goes on where some don't answer.
`;

/** Whether the first word names one of them. */
export const isUpkeep = (word: string | undefined): word is string =>
  word !== undefined && Object.hasOwn(commands, word);

/**
 * Does it.
 * @throws StartError 78 when the words aren't understood, or with the exit code of what went wrong
 */
export async function runUpkeep(name: string, argv: readonly string[], env: Environment): Promise<void> {
  const command = commands[name];
  if (command === undefined) throw new Error(`there is no command ${name}`);
  process.stdout.once("error", tellUnprinted);
  await command.run({ ...split(name, command, argv), env });
}

/** Takes the command's own flags and word out of the flags of the node. */
function split(name: string, { flags, word }: Upkeep, argv: readonly string[]): Omit<Given, "env"> {
  const { values, positionals, tokens } = parsed(argv, flags);
  const most = word === undefined ? 0 : 1;
  if (positionals.length < most)
    throw new StartError("config", `${name} needs ${word}; see alink-node --help`);
  const [surplus] = positionals.slice(most);
  if (surplus !== undefined)
    throw new StartError("config", `${name} doesn't know what to do with ${JSON.stringify(surplus)}`);
  const node = tokens.flatMap((token) =>
    token.kind === "option" && Object.hasOwn(nodeFlags, token.name)
      ? [`--${token.name}=${token.value ?? ""}`]
      : [],
  );
  const own = Object.fromEntries(Object.keys(flags).map((flag) => [flag, values[flag]]));
  return { argv: node, word: positionals[0], own };
}

function parsed(argv: readonly string[], flags: Upkeep["flags"]) {
  try {
    const options = { ...nodeFlags, ...flags };
    const { values, positionals, tokens } = parseArgs({
      args: [...argv],
      options,
      allowPositionals: true,
      tokens: true,
    });
    return { values: values as Given["own"], positionals, tokens };
  } catch (thrown) {
    throw new StartError("config", `${messageOf(thrown).split(". To specify")[0]}; see alink-node --help`, {
      cause: thrown,
    });
  }
}
