/**
 * `alink-node service`: what the system's own supervisor needs to run a node: a user unit of systemd, or
 * an agent of launchd.
 *
 * 1. Everything in it is absolute: a supervisor has another directory, and another PATH.
 * 2. A mistake that a restart doesn't mend (exit codes 65, 73, 77, 78) is not started again and again.
 * 3. It runs in the directory where this command ran, since relative paths of its configuration file follow it.
 * 4. A file that this command didn't write is neither replaced nor removed.
 */
import { existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { givenFlags, readConfig } from "../config.ts";
import { makeDirectory } from "../directories.ts";
import { messageOf, StartError } from "../errors.ts";
import { launchdAgent } from "./launchd.ts";
import { systemdUnit } from "./systemd.ts";

/** What a supervisor has to know. */
export interface ServiceSpec {
  readonly name: string;
  /** The program and its arguments. */
  readonly command: readonly string[];
  readonly dataDir: string;
  /** Where it starts. */
  readonly directory: string;
  readonly environment: { readonly [name: string]: string };
}

export interface ServiceOptions {
  readonly install?: string | boolean | undefined;
  readonly uninstall?: string | boolean | undefined;
  readonly name?: string | boolean | undefined;
}

interface Supervisor {
  /** Where its file goes. */
  path(name: string, home: string, env: Environment): string;
  text(spec: ServiceSpec): string;
  /** Commands for a shell, behind writing or removing the file. */
  installed(name: string, path: string): readonly string[];
  removed(name: string, path: string): readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** By it a file is known as ours. */
export const mark = "Written by alink-node service";

const supervisors: { readonly [platform: string]: Supervisor } = {
  linux: {
    path: (name, home, env) =>
      join(env["XDG_CONFIG_HOME"] || join(home, ".config"), "systemd/user", `${name}.service`),
    text: systemdUnit,
    installed: (name) => [
      "systemctl --user daemon-reload",
      `systemctl --user enable --now ${name}`,
      "loginctl enable-linger   # so that it runs while you aren't logged in",
      `journalctl --user -u ${name} -f   # its log`,
    ],
    removed: (name) => [`systemctl --user disable --now ${name}`, "systemctl --user daemon-reload"],
  },
  darwin: {
    path: (name, home) => join(home, "Library/LaunchAgents", `${name}.plist`),
    text: launchdAgent,
    installed: (_, path) => [`launchctl bootstrap gui/$(id -u) '${path.replaceAll("'", `'\\''`)}'`],
    removed: (name) => [`launchctl bootout gui/$(id -u)/${name}`],
  },
};

/**
 * Prints the file, or writes or removes it and prints the next commands.
 * @param argv the flags of the node that it shall run
 * @throws StartError 78 for a mistake in flags, 73 for a file that is somebody else's
 */
export async function writeService(
  { install, uninstall, name: given }: ServiceOptions,
  argv: readonly string[],
  env: Environment,
  say: (line: string) => void,
  platform: string = process.platform,
): Promise<void> {
  const supervisor = supervisors[platform];
  if (supervisor === undefined)
    throw new StartError("unavailable", `nothing is known of services on ${platform}`);
  const name = String(given ?? "aethrolink");
  if (!/^[a-z0-9][a-z0-9._-]{0,62}$/.test(name))
    throw new StartError(
      "config",
      `the flag --name: ${JSON.stringify(name)} is no name; use a-z, 0-9, ".", "_", "-"`,
    );
  if (install === true && uninstall === true)
    throw new StartError("config", "give --install or --uninstall, not both");
  const path = supervisor.path(name, env["HOME"] || homedir(), env);
  if (uninstall === true) {
    refuseForeign(path);
    const was = existsSync(path);
    rmSync(path, { force: true });
    say(was ? `removed ${path}` : `there was no ${path}`);
    sayNext(supervisor.removed(name, path), say);
    return;
  }
  const text = supervisor.text(specOf(name, argv, env));
  if (install !== true) {
    say(text.trimEnd());
    return;
  }
  refuseForeign(path);
  writeFile(path, text);
  say(`wrote ${path}`);
  sayNext(supervisor.installed(name, path), say);
}

function writeFile(path: string, text: string): void {
  try {
    makeDirectory(dirname(path));
    writeFileSync(path, text, { mode: 0o644 });
  } catch (thrown) {
    throw new StartError("cantCreate", `${path} can't be written: ${messageOf(thrown)}`, { cause: thrown });
  }
}

function sayNext(commands: readonly string[], say: (line: string) => void): void {
  say("next:");
  for (const command of commands) say(`  ${command}`);
}

function refuseForeign(path: string): void {
  if (existsSync(path) && !readFileSync(path, "utf8").includes(mark))
    throw new StartError(
      "cantCreate",
      `${path} was not written by this command; give --name another name, or remove it yourself`,
    );
}

/** The node as it would be started here and now. */
function specOf(name: string, argv: readonly string[], env: Environment): ServiceSpec {
  const { dataDir } = readConfig(argv, env);
  const directory = process.cwd();
  const program = realpathSync(process.argv[1] ?? "");
  const command = [process.execPath, program, ...givenFlags(argv, env)];
  const path = env["PATH"];
  const spec = { name, command, dataDir, directory, environment: path === undefined ? {} : { PATH: path } };
  const texts = [...command, dataDir, directory, ...Object.values(spec.environment)];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (texts.some((text) => /[\u0000-\u001f\u007f]/.test(text)))
    throw new StartError(
      "config",
      "a path or a value with control characters can't be written into a service",
    );
  return spec;
}
