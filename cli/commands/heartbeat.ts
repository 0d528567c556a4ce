import { type AgentAnswer, heartbeatAgent } from "@aethrolink/client";
import { Flags } from "@oclif/core";
import { knownAgent, whichAgent } from "../agent-flags.ts";
import { NodeCommand } from "../base.ts";
import { beatOn } from "../beats.ts";
import { printable } from "../render.ts";
import { durationMs, idOf } from "../values.ts";

/** Extends an agent's lease. */
export class Heartbeat extends NodeCommand {
  static override summary = "say that an agent is there: once, or --every so often until it is stopped";
  static override description =
    "A heartbeat keeps the agent online and does nothing else: it fetches no tasks. With --every one that fails because the node is away is sent again soon; it ends when the node says that it has no such agent.";
  static override examples = [
    "<%= config.bin %> heartbeat",
    "<%= config.bin %> heartbeat scribe --every 60s",
  ];
  static override flags = {
    ...whichAgent.flags,
    every: Flags.string({ description: "how often, like 60s; default: once" }),
    "lease-ttl-seconds": Flags.integer({ description: "how long it counts as online; default: as before" }),
  };
  static override args = whichAgent.args;

  async run(): Promise<void> {
    const { flags, args } = await this.parse(Heartbeat);
    const id = idOf("agent-id", args.agent ?? knownAgent(flags), args.agent);
    const everyMs = flags.every === undefined ? undefined : durationMs(flags.every);
    const lease_ttl_seconds = flags["lease-ttl-seconds"];
    const body = lease_ttl_seconds === undefined ? undefined : { lease_ttl_seconds };
    const beat = (signal?: AbortSignal) =>
      heartbeatAgent(id, body, { ...this.node(flags), ...(signal === undefined ? {} : { signal }) });
    const told = (answer: AgentAnswer) =>
      this.print(flags, answer, ({ agent }) => `${id} is online until ${agent.lease_expires_at}.`);
    if (everyMs === undefined) told(await beat());
    else await this.beatUntilStopped(everyMs, beat, told);
  }

  private async beatUntilStopped(
    everyMs: number,
    beat: (signal: AbortSignal) => Promise<AgentAnswer>,
    told: (answer: AgentAnswer) => void,
  ): Promise<void> {
    const stopped = new AbortController();
    for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stopped.abort());
    const say = (text: string) => process.stderr.write(`alink-cli: ${printable(text)}\n`);
    await beatOn({
      everyMs,
      signal: stopped.signal,
      beat: () => beat(stopped.signal),
      told(answer) {
        const { lease_ttl_seconds } = answer.agent;
        if (everyMs >= lease_ttl_seconds * 1000)
          say(`the lease of ${lease_ttl_seconds} s ends before the next heartbeat; give --every less`);
        told(answer);
      },
      failed: (thrown, againMs) => say(`${thrown.message}; again in ${againMs / 1000} s`),
    });
  }
}
