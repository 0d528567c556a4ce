/** One request and its answer. */
import type { Problem } from "#generated/client/src/api.schemas.ts";
import { AethrolinkError, UnreachableError } from "#generated/client/src/errors.ts";

/** Where a node is, and how to speak to it. */
export interface ClientConfig {
  /** The node's address; default: that of the environment's AETHROLINK_SERVER, else http://127.0.0.1:7777. */
  baseUrl?: string | undefined;
  /** Sent as `Authorization: Bearer`; default: AETHROLINK_TOKEN, where no address is given. */
  token?: string | undefined;
  /** Used in place of the global fetch. */
  fetch?: typeof globalThis.fetch | undefined;
  /** Ends what is under way; it then throws the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** What may be said with every call. */
export interface CallOptions extends ClientConfig {
  // Programs for Node alone have no name for it.
  headers?: ConstructorParameters<typeof Headers>[0];
  /** Sees the answer before it is read: status and headers. */
  onResponse?: ((response: Response) => void) | undefined;
}

/** A call as the generated functions make it. */
export interface Call extends CallOptions {
  method?: string;
  body?: string | null;
}

const usualAddress = "http://127.0.0.1:7777";

/** The variables that a node gives to the processes that it starts; a browser has none. */
const variables = (): { readonly [name: string]: string | undefined } =>
  (globalThis as { process?: { env?: { [name: string]: string | undefined } } }).process?.env ?? {};

/** A token of the environment belongs to the node of the environment, and goes to no other address. */
function placeOf({ baseUrl, token }: ClientConfig): { baseUrl: string; token: string | undefined } {
  if (baseUrl !== undefined) return { baseUrl, token };
  const { AETHROLINK_SERVER, AETHROLINK_TOKEN } = variables();
  return { baseUrl: AETHROLINK_SERVER || usualAddress, token: token ?? (AETHROLINK_TOKEN || undefined) };
}

/**
 * Sends a request.
 * @throws AethrolinkError where the answer is an error
 * @throws UnreachableError where no answer comes
 */
export async function send(path: string, call: Call = {}): Promise<Response> {
  const { fetch = globalThis.fetch, onResponse, signal, baseUrl: _baseUrl, token: _token, ...init } = call;
  const { baseUrl, token } = placeOf(call);
  const url = baseUrl.replace(/\/+$/, "") + path;
  const headers = new Headers(init.headers);
  if (token !== undefined) headers.set("Authorization", `Bearer ${token}`);
  // A body that was left out is no body: the functions encode undefined as that.
  if (init.body === undefined || init.body === null) headers.delete("Content-Type");
  const response = await reach(url, signal, () =>
    fetch(url, { ...init, headers, ...(signal === undefined ? {} : { signal }) }),
  );
  onResponse?.(response);
  if (response.status < 400) return response;
  throw await errorOf(response, url, signal);
}

/** Does something over the network, and says it in our words when it fails. */
export async function reach<T>(
  url: string,
  signal: AbortSignal | undefined,
  act: () => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  try {
    return await act();
  } catch (thrown) {
    signal?.throwIfAborted();
    throw new UnreachableError(url, thrown);
  }
}

async function errorOf(response: Response, url: string, signal?: AbortSignal): Promise<AethrolinkError> {
  const text = await reach(url, signal, () => response.text());
  const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
  return new AethrolinkError(
    response.status,
    problemIn(text),
    Number.isFinite(seconds) ? seconds * 1000 : undefined,
  );
}

/** The problem document in a text; empty where there is none. */
function problemIn(text: string): Partial<Problem> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && "code" in value ? (value as Problem) : {};
  } catch {
    return {};
  }
}

/**
 * Sends a request and reads its answer: JSON as its value, anything else as text.
 * @throws AethrolinkError, UnreachableError
 */
export async function call<T>(path: string, options?: Call): Promise<T> {
  const response = await send(path, options);
  if (response.status === 204) return undefined as T;
  const isJson = /[/+]json\b/.test(response.headers.get("Content-Type") ?? "");
  return await reach(
    response.url || path,
    options?.signal,
    async () => (isJson ? await response.json() : await response.text()) as T,
  );
}
