import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline/promises";
import { exitCodes, ping } from "@aethrolink/client";
import { Flags } from "@oclif/core";
import { NodeCommand, onlyJson, type SharedFlags } from "../base.ts";
import { dataDirectory, expandHome } from "../connection.ts";
import { fakeAgent, knownAgents } from "../init/agents.ts";
import { type FoundAgent, findAgents, registryText } from "../init/registry-text.ts";
import { writeRegistry } from "../init/write-registry.ts";
import { printable } from "../render.ts";
import { UsageError } from "../usage-error.ts";

/** Writes a registry from what is installed. */
export class Init extends NodeCommand {
  static override summary = "write a registry from the agents that are installed";
  static override description =
    "Looks for programs in PATH that speak the Agent Client Protocol, shows the registry that it made of them, and asks before it writes it.";
  static override examples = [
    "<%= config.bin %> init",
    "<%= config.bin %> init --yes --registry ./registry.yaml",
    "<%= config.bin %> init --fake",
  ];
  static override flags = {
    registry: Flags.string({ description: "the file; default: registry.yaml of the data directory" }),
    yes: Flags.boolean({ description: "write it without asking" }),
    force: Flags.boolean({ description: "replace a file that is there" }),
    fake: Flags.boolean({ description: "also a fake agent for trying things out, as the target echo" }),
    ...onlyJson,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Init);
    const usual = join(dataDirectory(flags["data-dir"], process.env), "registry.yaml");
    const path = flags.registry === undefined ? usual : expandHome(flags.registry);
    if (existsSync(path) && !flags.force)
      this.leave(
        exitCodes.conflict,
        `${path} is there already; replace it with --force, or name another with --registry`,
      );
    const agents = [
      ...findAgents(knownAgents, process.env["PATH"]),
      ...(flags.fake ? findAgents([fakeAgent(fakeCommand())], process.env["PATH"]) : []),
    ];
    if (agents.length === 0) this.leave(exitCodes.not_found, noAgent(path));
    const text = registryText(agents);
    if (flags.json !== true) this.log(printable(text));
    if (!flags.yes && !(await confirmed(path))) {
      this.tell(flags, { registry: path, written: false, agents }, "Nothing was written.");
      return;
    }
    writeRegistry(path, text, flags.force);
    const next = await this.nextStep(flags, path, path === usual);
    this.tell(flags, { registry: path, written: true, agents }, `Wrote ${path}. ${next}`);
  }

  private tell(
    flags: SharedFlags,
    { agents, ...about }: { registry: string; written: boolean; agents: readonly FoundAgent[] },
    words: string,
  ): void {
    const found = agents.map(({ name, command }) => ({ name, command }));
    this.log(flags.json === true ? JSON.stringify({ ...about, agents: found }) : printable(words));
  }

  private leave(code: number, says: string): never {
    process.stderr.write(`alink-cli: ${printable(says)}\n`);
    this.exit(code);
  }

  /** A node that is there reads it again; else one is to be started. */
  private async nextStep(flags: SharedFlags, path: string, isUsual: boolean): Promise<string> {
    const start = isUsual ? "npx alink-node" : `npx alink-node --registry ${path}`;
    const then = "then look whether all is well: alink-cli doctor";
    const isUp = await ping(this.node(flags)).then(
      () => true,
      () => false,
    );
    if (!isUp) return `Next, start the node: ${start}; ${then}`;
    const other = isUsual ? "" : `, if it was started with --registry ${path}`;
    return `Next, have the node read it${other}: alink-cli registry-reload; ${then}`;
  }
}

/** The shipped fake, beside this program. */
function fakeCommand(): string[] {
  const bin = dirname(realpathSync(process.argv[1] ?? "."));
  return [process.execPath, join(bin, "fake-acp-client-agent.mjs")];
}

/** @throws UsageError where nobody is there to answer */
async function confirmed(path: string): Promise<boolean> {
  if (process.stdin.isTTY !== true)
    throw new UsageError("nobody is there to ask; give --yes to have it written");
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await lines.question(`Write this to ${path}? [y/N] `);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}

function noAgent(path: string): string {
  const names = knownAgents.map(({ commands: [command = []] }) => command[0]).join(", ");
  return `no agent was found in PATH; nothing was written
Looked for: ${names}.
Any program that speaks the Agent Client Protocol on its standard input and output can be a target. By hand, in ${path}:

${registryText([byHand])}
To try things out without one: alink-cli init --fake`;
}

const byHand: FoundAgent = {
  name: "my-agent",
  display_name: "My agent",
  commands: [],
  command: ["/path/to/my-agent", "--acp"],
  dialect: "generic",
  notes: ["Your agent, and the arguments that make it speak the protocol:"],
};
