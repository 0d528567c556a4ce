/**
 * Closed to strangers: what a request must show before anything looks at its body.
 *
 * 1. Whatever the token, the Host must be one of this node's, so that no foreign name resolves to it
 *    (DNS rebinding).
 * 2. Whatever the token, no page of another origin may call.
 * 3. A refused request has no effect.
 */
import type { NextFunction, Request, Response } from "express";
import { contract } from "#contracts/index.ts";
import type { Principal } from "#src/core/access.ts";
import { isLoopbackName } from "#src/core/loopback.ts";
import { fail } from "#src/errors.ts";
import { newId } from "#src/store/ulid.ts";
import { routeOf, unroutable } from "./paths.ts";

export interface GuardOptions {
  /** False: everybody has the operator's rights; the other checks stay. */
  readonly auth: boolean;
  /** Host names besides the loopback ones. */
  readonly allowedHosts: readonly string[];
  /** Origins besides the node's own, as scheme://host[:port]. */
  readonly allowedOrigins: readonly string[];
  /** Whose a token is; undefined: it isn't valid. */
  readonly findToken: (text: string) => Principal | undefined;
  /** Counts a refusal. */
  readonly refused: (code: string) => void;
  /** Lets other nodes in; undefined: the request isn't of one. It then rejects where it is refused. */
  readonly admitPeer?: (req: Request, res: Response) => Promise<void> | undefined;
}

const everybody = { kind: "operator", name: "everybody" } as const satisfies Principal;

/** The paths that need no token. */
const openPaths: ReadonlySet<string> = new Set(
  Object.values(contract.service)
    .filter((route) => "open" in route.metadata && route.metadata.open)
    .map((route) => route.path),
);

/** Who asks, of a request that the guard let in. */
export function principalOf(res: Response): Principal {
  return res.locals["principal"] as Principal;
}

/** The first middleware. */
export function guard(options: GuardOptions) {
  const hosts = new Set(options.allowedHosts.map((host) => host.toLowerCase()));
  const origins = new Set(options.allowedOrigins.map((origin) => origin.toLowerCase()));
  return (req: Request, res: Response, next: NextFunction): void => {
    res.locals["request_id"] = newId();
    res.setHeader("X-Request-Id", res.locals["request_id"]);
    res.setHeader("X-Content-Type-Options", "nosniff");
    const refuse = (thrown: unknown) => {
      options.refused(thrown instanceof Error && "code" in thrown ? String(thrown.code) : "internal");
      next(thrown);
    };
    try {
      checkForm(req);
      checkHost(req, hosts);
      if (checkOrigin(req, res, origins)) return;
      const admitted = options.admitPeer?.(req, res);
      if (admitted !== undefined) {
        admitted.then(() => checkMediaType(req)).then(() => next(), refuse);
        return;
      }
      res.locals["principal"] = openPaths.has(req.path) ? everybody : principal(req, options);
      checkCaller(req, res);
      checkMediaType(req);
    } catch (thrown) {
      refuse(thrown);
      return;
    }
    next();
  };
}

/** Headers that decide who asks and what; of two, nobody can tell which one counts. */
const single: ReadonlySet<string> = new Set([
  ...["host", "origin", "sec-fetch-site", "authorization", "content-type", "idempotency-key"],
  ...["aethrolink-signature", "aethrolink-signature-new", "aethrolink-chain", "aethrolink-question"],
]);

/** The first of `single` that came more than once; `rawHeaders` has names and values in turn. */
function findTwice(rawHeaders: readonly string[]): string | undefined {
  const names = rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
  return names.find((name, at) => single.has(name) && names.indexOf(name) < at);
}

function checkForm(req: Request): void {
  const twice = findTwice(req.rawHeaders);
  if (twice !== undefined) fail("invalid_request", `The header ${twice} came more than once.`);
  // Where the address names a host itself, the header Host would not count (RFC 9112, section 3.2.2).
  if (!req.originalUrl.startsWith("/")) fail("misdirected", "This node is no proxy; ask for a path alone.");
}

function checkHost(req: Request, hosts: ReadonlySet<string>): void {
  const host = (req.headers.host ?? "").toLowerCase();
  const name = host.replace(/:\d+$/, "");
  if (isLoopbackName(name) || hosts.has(name) || hosts.has(host)) return;
  fail(
    "misdirected",
    `This node does not serve the host ${JSON.stringify(host.slice(0, 100))}; add it to allowed_hosts if it should.`,
  );
}

/** @returns whether the request was a preflight, and is answered */
function checkOrigin(req: Request, res: Response, origins: ReadonlySet<string>): boolean {
  const origin = req.headers.origin?.toLowerCase();
  const site = req.headers["sec-fetch-site"];
  const configured = origin !== undefined && origins.has(origin);
  const own = origin === undefined || origin === `${req.protocol}://${req.headers.host}`.toLowerCase();
  if (!configured && (!own || site === "cross-site" || site === "same-site")) {
    fail(
      "forbidden",
      "Pages of another origin may not call this node; add theirs to allowed_origins if they should.",
    );
  }
  if (!configured) return false;
  res.setHeader("Access-Control-Allow-Origin", origin);
  res.setHeader("Vary", "Origin");
  if (req.method !== "OPTIONS") return false;
  res.setHeader("Access-Control-Allow-Methods", "GET, POST, DELETE");
  res.setHeader(
    "Access-Control-Allow-Headers",
    "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, traceparent",
  );
  res.status(204).end();
  return true;
}

/** Where everybody may do everything, a token of a process still tells on whose behalf it asks. */
function anybody(text: string | undefined, { findToken }: GuardOptions): Principal {
  const found = text === undefined ? undefined : findToken(text);
  return found?.kind === "runtime" ? { ...everybody, process: found } : everybody;
}

const bearer = /^Bearer +([\x21-\x7e]+)$/i;

function principal(req: Request, options: GuardOptions): Principal {
  const header = req.headers.authorization;
  if (!options.auth) return anybody(bearer.exec(header ?? "")?.[1], options);
  if (header === undefined) {
    fail(
      "unauthorized",
      "Send a token: Authorization: Bearer <token>. The operator's is in operator.token of the data directory.",
    );
  }
  const text = bearer.exec(header)?.[1];
  const found = text === undefined ? undefined : options.findToken(text);
  if (found === undefined)
    fail(
      "unauthorized",
      "This token is not valid at this node; it may have been revoked, or belong to another.",
    );
  return found;
}

const notFor = {
  reader: "A reader's token may only read, and not what is the operator's alone",
  agent: "This is not for an agent's token",
  runtime: "This is not for a runtime's token",
};

/** What no route takes is refused here too, so that nobody comes by a path that the contract doesn't know. */
function checkCaller(req: Request, res: Response): void {
  const { kind } = principalOf(res);
  if (kind === "operator" || openPaths.has(req.path)) return;
  const route = routeOf(req.method, req.path);
  if (route === undefined) {
    const { error, allow } = unroutable(req.method, req.path);
    if (allow !== undefined) res.setHeader("Allow", allow);
    throw error;
  }
  if (route.callers.includes(kind)) return;
  fail("forbidden", `${notFor[kind]}: ${route.summary}.`);
}

function checkMediaType(req: Request): void {
  const sized =
    req.headers["transfer-encoding"] !== undefined || Number(req.headers["content-length"] ?? 0) > 0;
  const type = req.headers["content-type"];
  if (!sized && type === undefined) return;
  if (/^application\/json(?:\s*;|\s*$)/i.test(type ?? "")) return;
  if (!sized && req.method === "GET") return;
  fail("unsupported_media_type", "Send the body as application/json.");
}

/** The operator alone may see or do it. */
export function requireOperator(res: Response, what: string): void {
  if (principalOf(res).kind !== "operator") fail("forbidden", `Only the operator may ${what}.`);
}
