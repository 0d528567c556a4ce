import { fakeAgent, openAcpAdapter, targetOf } from "../launching.ts";
import { adapterConformance } from "./adapter.ts";

adapterConformance({
  name: "stdio Agent Client Protocol",
  open(limits) {
    const opened = openAcpAdapter(limits);
    return {
      adapter: opened.adapter,
      target: targetOf(fakeAgent()),
      refusing: targetOf(fakeAgent("--mode", "submit_fail"), { target_id: "refusing" }),
      failing: targetOf(fakeAgent("--mode", "launch_fail"), { target_id: "failing" }),
      missing: targetOf(["/nowhere/agent"], { target_id: "missing" }),
      starts: () => opened.ledger.rows().length,
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    };
  },
});
