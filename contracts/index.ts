/** The one router: all that a node answers. */
import { initContract } from "@ts-rest/core";
import { agentRoutes } from "./agents.ts";
import { artifactRoutes } from "./artifacts.ts";
import { everywhere } from "./errors.ts";
import { eventRoutes } from "./events.ts";
import { nodeRoutes } from "./node.ts";
import { peerRoutes } from "./peers.ts";
import { registryRoutes } from "./registry.ts";
import { runtimeRoutes } from "./runtimes.ts";
import { serviceRoutes } from "./service.ts";
import { targetRoutes } from "./targets.ts";
import { taskRoutes } from "./task-routes.ts";
import { threadRoutes } from "./threads.ts";
import { tokenRoutes } from "./tokens.ts";

const c = initContract();

export const contract = c.router(
  {
    tasks: taskRoutes,
    events: eventRoutes,
    agents: agentRoutes,
    threads: threadRoutes,
    targets: targetRoutes,
    runtimes: runtimeRoutes,
    registry: registryRoutes,
    artifacts: artifactRoutes,
    tokens: tokenRoutes,
    peers: peerRoutes,
    node: nodeRoutes,
    service: serviceRoutes,
  },
  { commonResponses: everywhere.responses, strictStatusCodes: true },
);
