/** Which route of the contract a request is for. */
import { callersOf } from "#contracts/access.ts";
import type { CallerKind } from "#contracts/enums.ts";
import { contract } from "#contracts/index.ts";
import { RequestError } from "#src/errors.ts";

interface Declared {
  readonly method: string;
  readonly summary: string;
  readonly pattern: RegExp;
  readonly callers: readonly CallerKind[];
}

/** As Express matches: whatever the case, with or without a slash at the end. */
const declared: readonly Declared[] = Object.values(contract)
  .flatMap((routes) => Object.values(routes))
  .map((route) => ({
    method: route.method,
    summary: route.summary,
    pattern: new RegExp(`^${route.path.replace(/[.]/g, "\\.").replace(/:\w+/g, "[^/]+")}/?$`, "i"),
    callers: callersOf(route),
  }));

/** The route of a method and path; undefined: there is none. */
export const routeOf = (method: string, path: string): Declared | undefined =>
  declared.find((route) => route.method === method && route.pattern.test(path));

/** What is said where a path, or its method, isn't there; `allow`: what the path has. */
export function unroutable(method: string, path: string): { error: RequestError; allow?: string } {
  const methods = declared.filter(({ pattern }) => pattern.test(path)).map((route) => route.method);
  if (methods.length === 0) {
    const detail = `There is no path ${path.slice(0, 200)}; GET /docs lists them.`;
    return { error: new RequestError("not_found", detail) };
  }
  const allow = [...new Set(methods)].join(", ");
  const detail = `${method} is not understood here; this path has ${allow}.`;
  return { error: new RequestError("method_not_allowed", detail), allow };
}
