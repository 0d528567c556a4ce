/** The nodes that a task has come through, so that it never comes back to one of them. */

/** The most nodes that a task may have come through. */
export const longestChain = 8;

/** Why a node doesn't take a task that came through these nodes; undefined: it may. */
export function chainFault(nodeId: string, chain: readonly string[]): string | undefined {
  if (chain.includes(nodeId))
    return "The task is not taken: it has come through this node already, and would wait for itself.";
  return chain.length > longestChain
    ? `The task is not taken: it has come through ${chain.length} nodes, and ${longestChain} are the most.`
    : undefined;
}
