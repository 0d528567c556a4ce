/** The API over HTTP in this process: the engine of the tests, and requests byte for byte if need be. */
import type { AddressInfo } from "node:net";
import type { TokenRole } from "#contracts/enums.ts";
import { createToken } from "#src/engine/tokens.ts";
import { createApp, createHttpServer } from "#src/http/app.ts";
import { openTokens } from "#src/store/tokens.ts";
import { type EngineOptions, type OpenEngine, openEngine } from "./open-engine.ts";

export interface ServerOptions extends EngineOptions {
  readonly auth?: boolean;
  readonly allowedHosts?: readonly string[];
  readonly allowedOrigins?: readonly string[];
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** JSON where it is JSON, else text. */
  readonly body: unknown;
}

export interface OpenServer extends AsyncDisposable {
  readonly node: OpenEngine;
  readonly url: string;
  readonly port: number;
  /** The operator's token, which `call` sends. */
  readonly token: string;
  /** Makes a token of a role. */
  tokenOf(role: TokenRole): Promise<string>;
  /** Makes a text the token of a target's process, until the answer is called. */
  lend(text: string, target_id: string, launch_id?: string): () => void;
  /** Calls the API as the operator; a header of null is left out, a text as body is sent as it is. */
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: { readonly [name: string]: string | null },
  ): Promise<Reply>;
}

/** Opens an engine and serves it at a free port. */
export async function openServer(options: ServerOptions = {}): Promise<OpenServer> {
  const { auth = true, allowedHosts = [], allowedOrigins = [] } = options;
  const node = await openEngine(options);
  const store = openTokens(node.storage.writer, node.engine.log.batch);
  const { token, record } = await createToken({ store }, node.clock, "operator", "tests");
  const tokens = { store, ownId: record.token_id };
  const { app, streams } = createApp({
    engine: node.engine,
    tokens,
    nodes: node.nodes,
    reloadRegistry: () => node.reload({ targets: new Map(), routes: new Map() }),
    auth,
    allowedHosts,
    allowedOrigins,
  });
  const { server, open } = createHttpServer();
  open(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    node,
    url,
    port,
    token,
    tokenOf: async (role) => (await createToken({ store }, node.clock, role, "tests")).token,
    lend: (text, target_id, launch_id = "a launch") =>
      store.lend(text, { kind: "runtime", name: `runtime:${target_id}`, target_id, launch_id }),
    call: caller(url, token),
    async [Symbol.asyncDispose]() {
      streams.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await node[Symbol.asyncDispose]();
    },
  };
}

function caller(url: string, token: string): OpenServer["call"] {
  return async (method, path, body, more = {}) => {
    const typed = body === undefined ? {} : { "content-type": "application/json" };
    const named = Object.entries({ authorization: `Bearer ${token}`, ...typed, ...more });
    const headers = named.filter((entry): entry is [string, string] => entry[1] !== null);
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const sent = body === undefined ? {} : { body: text };
    const answer = await fetch(url + path, { method, headers, ...sent });
    const said = await answer.text();
    // HEAD has the type of an answer, and none.
    const isJson = said !== "" && /json/.test(answer.headers.get("content-type") ?? "");
    return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(said) : said };
  };
}

/** Resolves once more with what the turn of the event loop has brought. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
