/** A registry as a file that teaches its reader. */

import type { Companion, KnownAgent } from "./agents.ts";
import { findProgram } from "./find-program.ts";

export interface FoundAgent extends KnownAgent {
  readonly command: readonly string[];
}

/** Those of the agents whose program is there. */
export function findAgents(agents: readonly KnownAgent[], path: string | undefined): FoundAgent[] {
  return agents.flatMap((agent) => {
    const command = agent.commands.find(([program = ""]) => findProgram(program, path) !== undefined);
    return command === undefined ? [] : [{ ...agent, command }];
  });
}

const head = `# The targets of this node: the names that tasks can be sent to, and the program behind each.
# After a change: alink-cli registry-reload. To see whether all is well: alink-cli doctor.
#
# A target may say more, beside launch:
#   capabilities: [code.patch]   the intents that it takes, by which it is found without its name;
#                                without it, it takes any
#   permissions: ask             how its permission questions are answered: ask, allow or deny
#   max_concurrency: 2           tasks that may run at once
# and in launch:
#   env: { NAME: value }         added to its environment, which holds no keys of yours otherwise
#   cwd: /srv/work               where it works, unless a task says so
runtimes:
`;

const routesHead = `
# Where tasks go that name no target, by their intent:
routes:
`;

/** The text of a registry with these agents. */
export function registryText(agents: readonly FoundAgent[]): string {
  const [first] = agents;
  if (first === undefined) return `${head.trimEnd()} {}\n`;
  return `${head}${agents.map(entryOf).join("\n")}${routesHead}  ask: { runtime: ${first.name} }\n`;
}

function entryOf({ name, display_name, dialect, command, env, requires, notes }: FoundAgent): string {
  const lines = [
    ...notes.map((note) => `  # ${note}`),
    `  ${name}:`,
    `    display_name: ${display_name}`,
    "    adapter: acp",
    `    dialect: ${dialect}`,
    "    launch:",
    `      command: [${command.map(scalar).join(", ")}]`,
    ...(env === undefined ? [] : [`      env: { ${Object.entries(env).map(pair).join(", ")} }`]),
    ...(requires === undefined ? [] : ["    requires:", ...requires.flatMap(companionOf)]),
  ];
  return `${lines.join("\n")}\n`;
}

const companionOf = ({ name, command, healthcheck }: Companion) => [
  `      - name: ${name}`,
  `        command: [${command.map(scalar).join(", ")}]`,
  `        healthcheck: ${JSON.stringify(healthcheck)}`,
];

/** A word as it is where YAML takes it for a text, else in quotes. */
const scalar = (word: string) => (/^[a-z/][\w./-]*$/i.test(word) ? word : JSON.stringify(word));
const pair = ([name, value]: [string, string]) => `${name}: ${JSON.stringify(value)}`;
