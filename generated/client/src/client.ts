/** Generated; see configs/generate/client.ts. */
import * as api from "./api.ts";
import type { CallOptions, ClientConfig } from "./call.ts";
import { getTaskHistory } from "./history.ts";
import { waitForTask } from "./wait-for-task.ts";

/** All calls of a node. */
export type Client = ReturnType<typeof createClient>;

/** The same function, with a configuration under the options of each call. */
function bound<Args extends unknown[], Answer>(
  call: (...args: Args) => Answer,
  arity: number,
  config: ClientConfig,
): (...args: Args) => Answer {
  return (...args) => {
    const options: CallOptions = { ...config, ...(args[arity] as CallOptions | undefined) };
    return call(...(Object.assign([...args], { [arity]: options }) as Args));
  };
}

/**
 * All calls of a node, with its address and token given once.
 *
 * Each takes what the function of its name takes; options of a call go before the configuration.
 */
export function createClient(config: ClientConfig) {
  return {
    createTask: bound(api.createTask, 2, config),
    listTasks: bound(api.listTasks, 1, config),
    getTask: bound(api.getTask, 2, config),
    getTaskTree: bound(api.getTaskTree, 1, config),
    streamTaskEvents: bound(api.streamTaskEvents, 3, config),
    resumeTask: bound(api.resumeTask, 2, config),
    cancelTask: bound(api.cancelTask, 2, config),
    streamEvents: bound(api.streamEvents, 2, config),
    registerAgent: bound(api.registerAgent, 1, config),
    heartbeatAgent: bound(api.heartbeatAgent, 2, config),
    listAgents: bound(api.listAgents, 0, config),
    getAgent: bound(api.getAgent, 1, config),
    unregisterAgent: bound(api.unregisterAgent, 2, config),
    createThread: bound(api.createThread, 1, config),
    listThreads: bound(api.listThreads, 1, config),
    getThread: bound(api.getThread, 1, config),
    inspectThread: bound(api.inspectThread, 2, config),
    listThreadTurns: bound(api.listThreadTurns, 2, config),
    continueThread: bound(api.continueThread, 3, config),
    listTargets: bound(api.listTargets, 1, config),
    getTargetHealth: bound(api.getTargetHealth, 1, config),
    startTarget: bound(api.startTarget, 2, config),
    stopTarget: bound(api.stopTarget, 2, config),
    listRuntimes: bound(api.listRuntimes, 1, config),
    getRuntimeHealth: bound(api.getRuntimeHealth, 1, config),
    startRuntime: bound(api.startRuntime, 2, config),
    stopRuntime: bound(api.stopRuntime, 2, config),
    listLaunches: bound(api.listLaunches, 2, config),
    probeRuntime: bound(api.probeRuntime, 2, config),
    reloadRegistry: bound(api.reloadRegistry, 1, config),
    getArtifact: bound(api.getArtifact, 2, config),
    createToken: bound(api.createToken, 1, config),
    listTokens: bound(api.listTokens, 0, config),
    revokeToken: bound(api.revokeToken, 1, config),
    addPeer: bound(api.addPeer, 1, config),
    listPeers: bound(api.listPeers, 0, config),
    syncPeer: bound(api.syncPeer, 2, config),
    invitePeer: bound(api.invitePeer, 1, config),
    joinPeer: bound(api.joinPeer, 1, config),
    trustPeer: bound(api.trustPeer, 2, config),
    blockPeer: bound(api.blockPeer, 2, config),
    removePeer: bound(api.removePeer, 1, config),
    getNodeHealth: bound(api.getNodeHealth, 0, config),
    pairNode: bound(api.pairNode, 2, config),
    rotateNode: bound(api.rotateNode, 2, config),
    ping: bound(api.ping, 0, config),
    healthz: bound(api.healthz, 0, config),
    getOpenapi: bound(api.getOpenapi, 0, config),
    getDocs: bound(api.getDocs, 0, config),
    getMetrics: bound(api.getMetrics, 0, config),
    getTaskHistory: bound(getTaskHistory, 2, config),
    waitForTask: bound(waitForTask, 1, config),
  };
}
