/** The command `alink-node`: starts a node, stops it at a signal, and says in one line why it can't. */
import { closeSync, openSync } from "node:fs";
import { readConfig, settings } from "./config.ts";
import { StartError } from "./errors.ts";
import { openLog } from "./log.ts";
import { type RunningNode, startNode } from "./main.ts";
import { boundHeap } from "./memory.ts";
import { isUpkeep, runUpkeep, upkeepHelp } from "./upkeep/commands.ts";
import { version } from "./version.ts";

/**
 * Runs the command; resolves when the node is up, and ends the process where it can't be.
 * @param argv the arguments behind the program's name
 */
export async function runNode(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  // A node works on where nobody reads what it prints, or nothing takes it.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  if (argv.includes("--help") || argv.includes("-h")) {
    process.stdout.write(helpText());
    return;
  }
  if (argv.includes("--version")) {
    process.stdout.write(`${version}\n`);
    return;
  }
  const upkeep = isUpkeep(argv[0]) ? argv[0] : undefined;
  try {
    refuseWindows();
    if (upkeep !== undefined) return await runUpkeep(upkeep, argv.slice(1), env);
    const config = readConfig(argv, env);
    const logger = await openLog(config.logLevel, process.stderr.isTTY === true);
    boundHeap();
    const starting = startNode(config, logger);
    stopAtSignals(starting, (thrown) => logger.error({ err: thrown }, "the node could not stop cleanly"));
    reloadAtHangup(starting);
    const node = await starting;
    process.stdout.write(`AethroLink ${version} answers at ${node.url}\n`);
  } catch (thrown) {
    if (!(thrown instanceof StartError)) throw thrown;
    process.exitCode = thrown.exitCode;
    // A node that didn't come up ends, whatever of it is still open.
    process.stderr.write(`alink-node: ${thrown.message}\n`, () => {
      if (upkeep === undefined) process.exit();
    });
  }
}

function refuseWindows(): void {
  if (process.platform === "win32") {
    throw new StartError("unavailable", "AethroLink doesn't run on Windows yet; it runs on Linux and macOS");
  }
}

/**
 * Stops the node at a signal; one that comes while it starts counts when it is up. A second signal ends
 * the process at once; nothing is lost by it.
 */
function stopAtSignals(starting: Promise<RunningNode>, failed: (thrown: unknown) => void): void {
  let asked = false;
  const stop = async () => {
    const node = await starting.catch(() => undefined);
    if (node === undefined) return; // whoever started it says why
    try {
      await node.stop();
      process.exit(0);
    } catch (thrown) {
      failed(thrown);
      process.exit(1);
    }
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (asked) process.exit(130);
      asked = true;
      void stop();
    });
  }
}

/** SIGHUP is for the registry; but a node whose terminal was closed ends with it. */
function reloadAtHangup(starting: Promise<RunningNode>): void {
  const atTerminal = [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY === true);
  process.on("SIGHUP", () => {
    if (atTerminal && !hasTerminal()) process.kill(process.pid, "SIGTERM");
    else starting.then((node) => node.reload()).catch(() => {}); // whoever started it says why
  });
}

function hasTerminal(): boolean {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
}

function helpText(): string {
  const row = (flag: string, description: unknown, fallback: unknown) =>
    `  --${flag.padEnd(22)} ${String(description)} [${String(fallback)}]\n`;
  const rows = settings.map(({ flag, schema }) => {
    const { description, default: fallback } = schema.meta() ?? {};
    return row(flag, description, fallback);
  });
  rows.push(row("config", "The configuration file.", "<data_dir>/config.yaml if it exists"));
  return `Runs an AethroLink node.

Usage: alink-node [flags]
${upkeepHelp}
${rows.join("")}
Each flag has a variable of the environment (--data-dir: AETHROLINK_DATA_DIR, --peer-sync-interval:
AETHROLINK_PEERS_SYNC_INTERVAL) and a key of the configuration file (data_dir, peers.sync_interval);
flags go before the environment, the environment before the file.

Examples:
  alink-node --registry configs/registry.yaml
  alink-node --port 0 --data-dir /tmp/throwaway --durability normal
`;
}
