/** All cases. */
import type { Cases } from "../case.ts";
import { agentCases } from "./agents.ts";
import { artifactCases } from "./artifacts.ts";
import { nodeCases } from "./node.ts";
import { peerCases } from "./peers.ts";
import { runtimeCases } from "./runtimes.ts";
import { serviceCases } from "./service.ts";
import { targetCases } from "./targets.ts";
import { taskCases } from "./tasks.ts";
import { threadCases } from "./threads.ts";
import { tokenCases } from "./tokens.ts";

export const cases: Cases = {
  ...taskCases,
  ...agentCases,
  ...targetCases,
  ...runtimeCases,
  ...artifactCases,
  ...threadCases,
  ...tokenCases,
  ...peerCases,
  ...nodeCases,
  ...serviceCases,
};
