/** Which route of the contract a request is for. */
import { callersOf } from "#contracts/access.ts";
import type { CallerKind, MessageType } from "#contracts/enums.ts";
import { contract } from "#contracts/index.ts";
import { nodeTaskRoutes } from "#contracts/node-tasks.ts";
import { RequestError } from "#src/errors.ts";

interface Declared {
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  /** Whether a part of the path is a name. */
  readonly named: boolean;
  readonly pattern: RegExp;
  readonly callers: readonly CallerKind[];
  /** What a message of another node to this route is about; undefined: it isn't for other nodes. */
  readonly message: MessageType | undefined;
}

/** As Express matches: whatever the case, with or without a slash at the end. */
const declared: readonly Declared[] = [...Object.values(contract), nodeTaskRoutes]
  .flatMap((routes) => Object.values(routes))
  .map((route) => ({
    method: route.method,
    path: route.path,
    summary: route.summary,
    named: route.path.includes(":"),
    pattern: new RegExp(`^${route.path.replace(/[.]/g, "\\.").replace(/:\w+/g, "[^/]+")}/?$`, "i"),
    callers: callersOf(route),
    message: "message" in route.metadata ? route.metadata.message : undefined,
  }));

/** What a path is of: the first step, behind the version; no route has a name there. */
const start = /^\/(?:v1\/)?[^/]*/i;
const startOf = (path: string) => (start.exec(path)?.[0] ?? "").toLowerCase();
const byStart = Map.groupBy(declared, ({ path }) => startOf(path));

/** The routes of a path. One that is written out is no name in another: `/v1/agents/register`. */
function routesOf(path: string): readonly Declared[] {
  const fitting = (byStart.get(startOf(path)) ?? []).filter(({ pattern }) => pattern.test(path));
  const written = fitting.filter(({ named }) => !named);
  return written.length > 0 ? written : fitting;
}

/** The route of a method and path; undefined: there is none. */
export const routeOf = (method: string, path: string): Declared | undefined =>
  routesOf(path).find((route) => route.method === method);

const written = declared.filter(({ named }) => !named).map(({ path }) => path);
const shadowed = new Set(
  written.filter((path) => declared.some((each) => each.named && each.pattern.test(path))),
);

/** Whether Express would take what is written out for a name in another route. */
export const isMistakable = (method: string, path: string): boolean =>
  shadowed.has(path.toLowerCase().replace(/\/$/, "")) && routeOf(method, path) === undefined;

/** What is said where a path, or its method, isn't there; `allow`: what the path has. */
export function unroutable(method: string, path: string): { error: RequestError; allow?: string } {
  const methods = routesOf(path).map((route) => route.method);
  if (methods.length === 0) {
    const detail = `There is no path ${path.slice(0, 200)}; GET /docs lists them.`;
    return { error: new RequestError("not_found", detail) };
  }
  const allow = [...new Set(methods)].join(", ");
  const detail = `${method} is not understood here; this path has ${allow}.`;
  return { error: new RequestError("method_not_allowed", detail), allow };
}
