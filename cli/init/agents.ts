/**
 * Programs that speak the Agent Client Protocol on their standard input and output, and how each is told
 * to. A row is here only where the program's own documentation, or the protocol's list of agents, says so.
 */

export interface Companion {
  readonly name: string;
  readonly command: readonly string[];
  readonly healthcheck: string;
}

export interface KnownAgent {
  /** The name of its target. */
  readonly name: string;
  readonly display_name: string;
  /** Commands, the best first; the first whose program is there is taken. */
  readonly commands: readonly (readonly string[])[];
  readonly dialect: "hermes" | "openclaw" | "generic";
  /** What its environment needs. */
  readonly env?: { readonly [name: string]: string };
  /** What must be up before it is started; the node starts what isn't. */
  readonly requires?: readonly Companion[];
  /** What its user should know, a line each. */
  readonly notes: readonly string[];
}

export const knownAgents: readonly KnownAgent[] = [
  {
    name: "hermes",
    display_name: "Hermes",
    commands: [["hermes-acp"], ["hermes", "acp"]],
    dialect: "hermes",
    notes: [
      "Set it up once with: hermes setup. It needs its extra: pip install 'hermes-agent[acp]'.",
      "Other profiles as executors, each with a home of its own:",
      "  commands: { research: [hermes, -p, research, acp] }",
    ],
  },
  {
    name: "openclaw",
    display_name: "OpenClaw",
    commands: [["openclaw", "acp"]],
    dialect: "openclaw",
    requires: [
      {
        name: "gateway",
        command: ["openclaw", "gateway", "--port", "18789"],
        healthcheck: "http://127.0.0.1:18789/readyz",
      },
    ],
    notes: ["It is a bridge to OpenClaw's gateway; one that runs already is left alone."],
  },
  {
    name: "gemini",
    display_name: "Gemini CLI",
    commands: [["gemini", "--acp"]],
    dialect: "generic",
    env: { GEMINI_CLI_NO_RELAUNCH: "true" },
    notes: [
      "Log in once by running gemini; or add your key to env, GEMINI_API_KEY, and beside launch:",
      "  auth_method: gemini-api-key",
    ],
  },
  {
    name: "claude",
    display_name: "Claude Agent",
    commands: [["claude-agent-acp"]],
    dialect: "generic",
    notes: ["Log in once with: claude. The program is @agentclientprotocol/claude-agent-acp of npm."],
  },
  {
    name: "codex",
    display_name: "Codex",
    commands: [["codex-acp"]],
    dialect: "generic",
    notes: ["Log in once with: codex login. The program is @agentclientprotocol/codex-acp of npm."],
  },
  {
    name: "copilot",
    display_name: "GitHub Copilot CLI",
    commands: [["copilot", "--acp", "--stdio"]],
    dialect: "generic",
    notes: ["Log in once by running copilot."],
  },
  {
    name: "cursor",
    display_name: "Cursor CLI",
    commands: [["cursor-agent", "acp"]],
    dialect: "generic",
    notes: ["Log in once with: cursor-agent login."],
  },
  {
    name: "goose",
    display_name: "goose",
    commands: [["goose", "acp"]],
    dialect: "generic",
    notes: ["Set it up once with: goose configure."],
  },
  {
    name: "opencode",
    display_name: "OpenCode",
    commands: [["opencode", "acp"]],
    dialect: "generic",
    notes: ["Log in once with: opencode auth login."],
  },
  {
    name: "qwen",
    display_name: "Qwen Code",
    commands: [["qwen", "--acp"]],
    dialect: "generic",
    notes: ["Log in once by running qwen."],
  },
  {
    name: "kimi",
    display_name: "Kimi CLI",
    commands: [["kimi", "acp"]],
    dialect: "generic",
    notes: ["Log in once by running kimi."],
  },
  {
    name: "auggie",
    display_name: "Auggie",
    commands: [["auggie", "--acp"]],
    dialect: "generic",
    notes: ["Log in once with: auggie login."],
  },
  {
    name: "vibe",
    display_name: "Mistral Vibe",
    commands: [["vibe-acp"]],
    dialect: "generic",
    notes: ["Set it up once by running vibe."],
  },
];

/** The shipped fake, for trying things out. */
export const fakeAgent = (command: readonly string[]): KnownAgent => ({
  name: "echo",
  display_name: "Echo",
  commands: [command],
  dialect: "generic",
  notes: ["A deterministic agent for trying things out: it answers what it is told."],
});
