/**
 * What is guaranteed, and the tests that show it with their full counts. The tests run in every suite
 * with small counts; `npm run soak` raises them. docs/guarantees.md says the same to users.
 */
import type { Guarantee } from "./guarantee.ts";
import { guaranteesOfAccess } from "./guarantees-of-access.ts";
import { guaranteesOfRuns } from "./guarantees-of-runs.ts";
import { guaranteesOfStorage } from "./guarantees-of-storage.ts";

const numberOf = ({ id }: Guarantee) => (/^G\d+$/.test(id) ? Number(id.slice(1)) : Number.POSITIVE_INFINITY);

/** All of them, by their number. */
export const guarantees: readonly Guarantee[] = [
  ...guaranteesOfStorage,
  ...guaranteesOfRuns,
  ...guaranteesOfAccess,
].sort((a, b) => numberOf(a) - numberOf(b));
