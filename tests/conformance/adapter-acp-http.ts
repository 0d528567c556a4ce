/** The adapter for HTTP runtimes as the suite of the adapters needs it. */
import { commAgent, managedTarget, openHttpAdapter } from "../comm-agent.ts";
import { freePort } from "../free-port.ts";
import type { AdapterSetup } from "./adapter-setup.ts";

/** The shipped fake as a server that the node starts. */
export const httpSetup = (name: string, dialect: string, ...flags: string[]): AdapterSetup => ({
  name,
  polls: dialect === "aethrolink" || flags.includes("--no-stream"),
  speaksAtItsEnd: dialect === "aethrolink",
  keepsSessions: dialect !== "aethrolink",
  hasExecutors: false,
  hasVersion: false,
  async open({ cancelGraceMs, lineLimit }) {
    const opened = openHttpAdapter({
      cancelGraceMs,
      ...(lineLimit === undefined ? {} : { limit: lineLimit }),
    });
    const port = await freePort();
    const managed = (target_id: string, ...more: string[]) =>
      managedTarget(port, ["--dialect", dialect, ...more], { target_id, dialect });
    const missing = managed("missing");
    return {
      adapter: opened.adapter,
      target: managed("tested", ...flags),
      refusing: managed("refusing", "--mode", "submit_fail"),
      failing: managed("failing", "--mode", "launch_fail"),
      missing: {
        ...missing,
        launch: { ...missing.launch, command: ["/nowhere/agent", ...commAgent()] },
      },
      starts: () => opened.ledger.rows().length,
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    };
  },
});
