import { createPool, type Plan, type Pool, type PoolOptions } from "#src/processes/pool.ts";
import { createMemoryLedger, type MemoryLedger, poolOptions } from "../../launching.ts";

export interface OpenPool extends AsyncDisposable {
  readonly pool: Pool<string>;
  readonly ledger: MemoryLedger;
}

/** A pool that ends its processes when it goes out of scope. */
export function openPool(changes: Partial<PoolOptions> = {}): OpenPool {
  const ledger = createMemoryLedger();
  const pool = createPool<string>(poolOptions(ledger, changes));
  return { pool, ledger, [Symbol.asyncDispose]: () => pool.close() };
}

/** A start that counts as ready as soon as it was spawned. */
export const planOf = (command: readonly string[], changes: Partial<Plan<string>> = {}): Plan<string> => ({
  key: "key",
  runtime_id: "tested",
  subcontext_key: "default",
  command,
  cwd: process.cwd(),
  env: {},
  timeoutMs: 10_000,
  greet: async () => "greeted",
  ...changes,
});
