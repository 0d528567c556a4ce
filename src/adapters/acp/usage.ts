/** What a turn cost of its own, where an agent tells what its session has cost so far. */
import type { Usage } from "#src/core/ports.ts";

/** What the agent's numbers of tokens are a sum of. A cost is always the session's, by the protocol. */
export type TokensOf = "turn" | "session";

/** Takes what an agent told at the end of a session's turn; returns what that turn cost. */
export type Meter = (told: Usage) => Usage;

/** For a new session. */
export function createMeter(tokensOf: TokensOf): Meter {
  const before: { input_tokens?: number; output_tokens?: number; cost_usd?: number } = {};
  const summed =
    tokensOf === "session"
      ? (["input_tokens", "output_tokens", "cost_usd"] as const)
      : (["cost_usd"] as const);
  return (told) => {
    const own = { ...told };
    for (const name of summed) {
      const sum = told[name];
      if (sum === undefined) continue;
      own[name] = difference(sum, before[name] ?? 0);
      before[name] = sum;
    }
    return own;
  };
}

/** A sum that has become smaller was begun anew. */
function difference(sum: number, before: number): number {
  return sum < before ? sum : Number((sum - before).toFixed(9));
}
