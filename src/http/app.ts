/**
 * The control API: the guard, the contract's handlers, and what is said where neither fits.
 */
import { createServer, type Server as HttpServer, IncomingMessage, ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Duplex } from "node:stream";
import { createExpressEndpoints, type RequestValidationError } from "@ts-rest/express";
import express, {
  type Express,
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
} from "express";
import { contract } from "#contracts/index.ts";
import type { RegistryReloaded } from "#contracts/registry.ts";
import { logRarely } from "#src/core/log-rarely.ts";
import type { Engine } from "#src/engine/engine.ts";
import { nodeTaskCallOf } from "#src/engine/node-task-calls.ts";
import { heardFrom } from "#src/engine/sync-peers.ts";
import type { Tokens } from "#src/engine/tokens.ts";
import { RequestError } from "#src/errors.ts";
import { type GuardOptions, guard } from "./guard.ts";
import { nodeTasks } from "./node-tasks.ts";
import { isMistakable, unroutable } from "./paths.ts";
import { keepDigest, type PeerGuardOptions, peerGuard, takeSigned } from "./peer-guard.ts";
import { answerErrors, problemOf } from "./problem.ts";
import { agentHandlers } from "./routes/agents.ts";
import { artifactHandlers } from "./routes/artifacts.ts";
import { eventHandlers } from "./routes/events.ts";
import { nodeHandlers } from "./routes/node.ts";
import { peerHandlers } from "./routes/peers.ts";
import { registryHandlers } from "./routes/registry.ts";
import { runtimeHandlers } from "./routes/runtimes.ts";
import { serviceHandlers } from "./routes/service.ts";
import { targetHandlers } from "./routes/targets.ts";
import { taskHandlers } from "./routes/tasks.ts";
import { threadHandlers } from "./routes/threads.ts";
import { tokenHandlers } from "./routes/tokens.ts";
import { openStreams, type Streams } from "./sse.ts";

/** What the handlers need. */
export interface Server {
  readonly engine: Engine;
  readonly tokens: Tokens;
  readonly streams: Streams;
  /** Reads the registry file again; throws a RequestError registry_invalid. */
  readonly reloadRegistry: () => Promise<RegistryReloaded>;
  readonly counts: { readonly refused: { [code: string]: number } };
}

export interface AppOptions extends Omit<GuardOptions, "refused" | "findToken" | "admitPeer"> {
  readonly nodes: Pick<PeerGuardOptions, "verifyPeer" | "signAnswer">;
  readonly engine: Engine;
  readonly tokens: Tokens;
  readonly reloadRegistry: Server["reloadRegistry"];
}

const largestBody = 1024 * 1024;
/** What a node adds where it gives on what it took: ids, a trace, options of a route. */
const largestEnvelope = 64 * 1024;

/** Reads a body, where there is one. */
function bodyReader(): RequestHandler {
  const options = { strict: false, verify: keepDigest };
  const ofCallers = express.json({ ...options, limit: largestBody });
  const ofNodes = express.json({ ...options, limit: largestBody + largestEnvelope });
  return (req, res, next) => {
    const isTask = nodeTaskCallOf(req.method, req.originalUrl) !== undefined;
    return (isTask ? ofNodes : ofCallers)(req, res, next);
  };
}

/** Builds the application. */
export function createApp(options: AppOptions): { app: Express; streams: Streams } {
  const { engine, tokens, reloadRegistry } = options;
  const streams = openStreams(engine.clock, engine.log.batch.afterTurn);
  tokens.store.onRevoked(streams.endOf);
  const refused: { [code: string]: number } = {};
  const server: Server = { engine, tokens, streams, reloadRegistry, counts: { refused } };
  const count = (code: string) => {
    refused[code] = (refused[code] ?? 0) + 1;
  };
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  const { network, logger } = engine;
  const rarely = logRarely(engine.clock);
  const { allowUnsigned } = network;
  const peerOptions = { ...options.nodes, auth: options.auth, allowUnsigned, logger, rarely };
  app.response.json = sendJson;
  app.use(
    inOrder(
      guard({
        admitPeer: peerGuard(peerOptions),
        ...options,
        findToken: tokens.store.principal,
        refused: count,
      }),
      refuseUndeclared,
      bodyReader(),
      takeSigned({
        logger,
        rarely,
        refused: () => count("unauthorized"),
        heard: (peer_id) => heardFrom(engine, peer_id),
      }),
      nodeTasks({ engine, streams }),
    ),
  );
  const handlers = {
    tasks: taskHandlers(server),
    events: eventHandlers(server),
    agents: agentHandlers(server),
    threads: threadHandlers(server),
    targets: targetHandlers(server),
    runtimes: runtimeHandlers(server),
    registry: registryHandlers(server),
    artifacts: artifactHandlers(server),
    tokens: tokenHandlers(server),
    peers: peerHandlers(server),
    node: nodeHandlers(server),
    service: serviceHandlers(server),
  };
  createExpressEndpoints(contract, handlers, app, {
    logInitialization: false,
    responseValidation: false,
    requestValidationErrorHandler: (error, _req, _res, next) => next(invalidRequest(error)),
  });
  app.use(refuseMethodOrPath);
  app.use(answerErrors(engine.logger));
  return { app, streams };
}

/** Several middlewares as one: Express looks for the next in all that it has, each time anew. */
function inOrder(...steps: readonly RequestHandler[]): RequestHandler {
  return (req, res, next) => {
    let at = 0;
    const go = (thrown?: unknown) => {
      const step = thrown === undefined ? steps[at++] : undefined;
      if (step === undefined) return next(thrown);
      try {
        void step(req, res, go);
      } catch (fault) {
        next(fault);
      }
    };
    go();
  };
}

/** Sends an answer of ours. Express would look, too, whether the caller has it already, by what we don't send. */
function sendJson<R extends ServerResponse>(this: R, body: unknown): R {
  const text = JSON.stringify(body);
  this.setHeader("Content-Type", "application/json; charset=utf-8");
  this.setHeader("Content-Length", Buffer.byteLength(text));
  return this.end(text);
}

/** Where a request breaks the contract, each place with what is wrong there. */
function invalidRequest(error: RequestValidationError): RequestError {
  const parts = [error.pathParams, error.query, error.headers, error.body];
  const errors = parts
    .flatMap((part) => (part as { issues?: Issue[] } | null)?.issues ?? [])
    .flatMap(readable);
  const first = errors[0];
  const detail =
    first === undefined
      ? "The request is not valid."
      : `${first.path === "" ? "The body" : first.path}: ${first.message}`;
  return new RequestError("invalid_request", detail, { errors });
}

interface Issue {
  readonly path?: readonly (PropertyKey | { key: PropertyKey })[];
  readonly message: string;
  readonly code?: string;
  /** Of a union: the issues of each of its members. */
  readonly errors?: readonly (readonly Issue[])[];
}

/** An issue for people; of a union, the issues of the member that was most likely meant. */
function readable(issue: Issue): { path: string; message: string }[] {
  const path = (issue.path ?? []).map((step) => String(typeof step === "object" ? step.key : step)).join(".");
  const meant = issue.errors?.find((inner) => inner.length > 0);
  if (issue.code !== "invalid_union" || meant === undefined)
    return [{ path, message: inWords(issue.message) }];
  return meant.flatMap(readable).map((inner) => ({
    path: [path, inner.path].filter((part) => part !== "").join("."),
    message: inner.message,
  }));
}

/** The library's own words, without what says nothing to a caller. */
const inWords = (message: string) =>
  message
    .replace(/^Invalid input: expected .*, received undefined$/, "is required")
    .replace(/^Invalid input: /, "");

/** Express would answer HEAD as GET, streams included, and take what is written out for a name. */
function refuseUndeclared(req: Request, res: Response, next: NextFunction): void {
  if (req.method === "HEAD" || isMistakable(req.method, req.path)) refuseMethodOrPath(req, res, next);
  else next();
}

function refuseMethodOrPath(req: Request, res: Response, next: NextFunction): void {
  const { error, allow } = unroutable(req.method, req.path);
  if (allow !== undefined) res.setHeader("Allow", allow);
  next(error);
}

/** A server that holds requests back until it is opened. */
export interface Gate {
  readonly server: HttpServer;
  /** Lets the requests in, those that wait first. */
  open(app: Express): void;
}

/** What a server needs for https, as texts. */
interface Tls {
  readonly cert: string;
  readonly key: string;
}

/** An HTTP server with limits on headers, time and connections. */
export function createHttpServer(tls?: Tls): Gate {
  const limits = {
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 65_000,
    maxHeaderSize: 16_384,
    // How often the two timeouts are looked at.
    connectionsCheckingInterval: 1000,
    // The guard says it, with a problem document.
    requireHostHeader: false,
  };
  class AppRequest extends IncomingMessage {}
  class AppResponse extends ServerResponse<AppRequest> {}
  const made = { ...limits, IncomingMessage: AppRequest, ServerResponse: AppResponse };
  const server = tls === undefined ? createServer(made) : createTlsServer({ ...made, ...tls });
  server.maxConnections = 20_000;
  server.on("clientError", refuseRaw);
  const waiting: [IncomingMessage, ServerResponse][] = [];
  const hold = (req: IncomingMessage, res: ServerResponse) => void waiting.push([req, res]);
  server.on("request", hold);
  return {
    server,
    open(app) {
      server.off("request", hold);
      // Express gives each request and response its own prototype; those that are made with it stay as they are.
      app.request = Object.setPrototypeOf(AppRequest.prototype, app.request);
      app.response = Object.setPrototypeOf(AppResponse.prototype, app.response);
      server.on("request", app);
      for (const [req, res] of waiting) app(req, res);
    },
  };
}

/** What isn't HTTP, or came too slowly, gets a problem document too. */
function refuseRaw(_error: Error, socket: Duplex): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const error = new RequestError(
    "invalid_request",
    "This is not a request that can be understood, or its head is too long or too slow.",
  );
  const body = JSON.stringify(problemOf(error, ""));
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
