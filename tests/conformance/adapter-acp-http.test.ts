import { commAgent, managedTarget, openHttpAdapter } from "../comm-agent.ts";
import { freePort } from "../free-port.ts";
import { type AdapterSetup, adapterConformance } from "./adapter.ts";

/** The shipped fake as a server that the node starts. */
const setupOf = (name: string, ...flags: string[]): AdapterSetup => ({
  name,
  polls: flags.includes("--no-stream"),
  hasExecutors: false,
  hasVersion: false,
  async open({ cancelGraceMs, lineLimit }) {
    const opened = openHttpAdapter({
      cancelGraceMs,
      ...(lineLimit === undefined ? {} : { limit: lineLimit }),
    });
    const port = await freePort();
    const other = (target_id: string, ...more: string[]) => managedTarget(port, more, { target_id });
    const missing = managedTarget(port);
    return {
      adapter: opened.adapter,
      target: managedTarget(port, flags),
      refusing: other("refusing", "--mode", "submit_fail"),
      failing: other("failing", "--mode", "launch_fail"),
      missing: {
        ...missing,
        target_id: "missing",
        launch: { ...missing.launch, command: ["/nowhere/agent", ...commAgent()] },
      },
      starts: () => opened.ledger.rows().length,
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    };
  },
});

adapterConformance(setupOf("HTTP Agent Communication Protocol"));
adapterConformance(setupOf("HTTP Agent Communication Protocol, polling,", "--no-stream"));
