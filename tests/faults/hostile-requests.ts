/** Requests that must be refused, each different from one that is accepted in one thing only. */
import { gzipSync } from "node:zlib";
import { bytesOf, type RawRequest, withBody, withHeader } from "./raw-http.ts";

export interface Stage {
  readonly port: number;
  /** The operator's. */
  readonly token: string;
  /** A reader's. */
  readonly reader: string;
  /** A task that waits, and an artifact that is stored. */
  readonly task_id: string;
  readonly artifact_id: string;
  /** A request that is accepted. */
  readonly good: RawRequest;
}

export interface Hostile {
  readonly name: string;
  readonly statuses: readonly number[];
  readonly bytes: (stage: Stage) => Uint8Array;
}

type Change = (stage: Stage) => RawRequest;

const refuse = (name: string, status: number | readonly number[], change: Change): Hostile => ({
  name,
  statuses: typeof status === "number" ? [status] : status,
  bytes: (stage) => bytesOf(change(stage)),
});

const header = (name: string, status: number | readonly number[], key: string, ...values: string[]) =>
  refuse(name, status, ({ good }) => withHeader(good, key, ...values));

const body = (name: string, status: number, text: string | Uint8Array) =>
  refuse(name, status, ({ good }) => withBody(good, text));

const raw = (name: string, status: number | readonly number[], text: (stage: Stage) => string): Hostile => ({
  name,
  statuses: typeof status === "number" ? [status] : status,
  bytes: (stage) => Buffer.from(text(stage), "latin1"),
});

/** A call without a body. */
const call = (
  name: string,
  status: number | readonly number[],
  method: string,
  path: (stage: Stage) => string,
) => refuse(name, status, (stage) => callOf(stage, method, path(stage)));

function callOf({ good }: Stage, method: string, path: string): RawRequest {
  const headers = good.headers.filter(([name]) => !/^content-/i.test(name));
  return { method, path, headers, body: "" };
}

const origins: readonly Hostile[] = [
  header("a foreign Origin", 403, "Origin", "https://evil.example"),
  header("the Origin null", 403, "Origin", "null"),
  header("the Origin of another port", 403, "Origin", "http://127.0.0.1:1"),
  header("the Origin file://", 403, "Origin", "file://"),
  refuse("the node's own Origin but https", 403, ({ good, port }) =>
    withHeader(good, "Origin", `https://127.0.0.1:${port}`),
  ),
  refuse("an Origin that begins as the node's own", 403, ({ good, port }) =>
    withHeader(good, "Origin", `http://127.0.0.1:${port}.evil.example`),
  ),
  refuse("the node's own Origin by another name than the Host", 403, ({ good, port }) =>
    withHeader(good, "Origin", `http://localhost:${port}`),
  ),
  header("no Origin, but a browser that says cross-site", 403, "Sec-Fetch-Site", "cross-site"),
  header("no Origin, but a browser that says same-site", 403, "Sec-Fetch-Site", "same-site"),
  refuse("the node's own Origin, but cross-site", 403, ({ good, port }) =>
    withHeader(withHeader(good, "Origin", `http://127.0.0.1:${port}`), "Sec-Fetch-Site", "cross-site"),
  ),
  refuse("a preflight of a foreign page", 403, (stage) =>
    withHeader(callOf(stage, "OPTIONS", "/v1/tasks"), "Origin", "https://evil.example"),
  ),
  refuse("a page that reads the tasks from another site", 403, (stage) =>
    withHeader(callOf(stage, "GET", "/v1/tasks"), "Sec-Fetch-Site", "cross-site"),
  ),
  header("two Origins", [400, 403], "Origin", "http://127.0.0.1", "https://evil.example"),
];

const hosts: readonly Hostile[] = [
  ...[
    "evil.example",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "127.0.0.1.nip.io",
    "0.0.0.0",
    "127.1",
    "2130706433",
    "user@127.0.0.1",
    "127.0.0.1@evil.example",
    "evil.example#127.0.0.1",
    "[::ffff:127.0.0.1]",
  ].map((host) =>
    refuse(`the Host ${host}`, [400, 421], ({ good, port }) => withHeader(good, "Host", `${host}:${port}`)),
  ),
  header("an empty Host", [400, 421], "Host", ""),
  header("no Host", [400, 421], "Host"),
  refuse("two Hosts", 400, ({ good, port }) => withHeader(good, "Host", `127.0.0.1:${port}`, "evil.example")),
  refuse("a foreign name in the request's line", [400, 404, 421], ({ good, port }) => ({
    ...good,
    path: `http://evil.example:${port}/v1/tasks`,
  })),
  raw(
    "HTTP/1.0 without Host",
    [400, 421],
    ({ token }) => `GET /v1/tasks HTTP/1.0\r\nAuthorization: Bearer ${token}\r\n\r\n`,
  ),
];

const types: readonly Hostile[] = [
  header("text/plain", 415, "Content-Type", "text/plain"),
  header("a form", 415, "Content-Type", "application/x-www-form-urlencoded"),
  header("a form in parts", 415, "Content-Type", "multipart/form-data; boundary=x"),
  header("a type that only begins as JSON", 415, "Content-Type", "application/jsonp"),
  header("no Content-Type", 415, "Content-Type"),
  header("two Content-Types", [400, 415], "Content-Type", "application/json", "text/plain"),
  header("UTF-16", [400, 415], "Content-Type", "application/json; charset=utf-16"),
  header("an unknown Content-Encoding", 415, "Content-Encoding", "compress"),
  header("a Content-Encoding that it doesn't have", 400, "Content-Encoding", "gzip"),
  refuse("a body of another type, signed by nobody", 401, ({ good }) => {
    const unsigned = withHeader(
      { ...good, path: "/v1/node/rotate" },
      "AethroLink-Signature",
      "eyJhbGciOiJub25lIn0.e30.",
    );
    return withHeader(unsigned, "Content-Type", "text/plain");
  }),
];

const deep = (levels: number) =>
  `{"intent":"test.run","target_runtime":"agent","payload":${"[".repeat(levels)}${"]".repeat(levels)}}`;
const task = (fields: string) => `{"intent":"test.run","target_runtime":"agent","payload":1,${fields}}`;

const bodies: readonly Hostile[] = [
  body("nothing", 400, ""),
  body("no JSON", 400, "{"),
  body("half of a body that is JSON", 400, '{"intent":"test.run","payl'),
  body("null", 400, "null"),
  body("a list", 400, "[]"),
  body("a number", 400, "1"),
  body("a body of more than 1 MiB", 413, task(`"metadata":{"x":"${"x".repeat(1024 * 1024)}"}`)),
  refuse("a small body that unpacks to 64 MiB", 413, ({ good }) =>
    withHeader(withBody(good, gzipSync(Buffer.alloc(64 * 1024 * 1024, " "))), "Content-Encoding", "gzip"),
  ),
  body("a payload of 65 levels", 400, deep(65)),
  body("a payload of 100,000 levels", 400, deep(100_000)),
  body(
    "options of 100,000 levels",
    400,
    task(`"runtime_options":{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`),
  ),
  body("an unknown field", 400, task('"command":["sh","-c","id"]')),
  body("a prototype", 400, task('"__proto__":{"sender":"somebody"}')),
  body("a constructor", 400, task('"constructor":{"prototype":{"polluted":1}}')),
  body("a control character in the intent", 400, '{"intent":"a\\u0000b","payload":1}'),
  body("a target that is a path", 400, task('"target_agent_id":"../../etc/passwd"')),
  body("a timeout that is text", 400, task('"delivery":{"timeout_ms":"soon"}')),
  body("a negative timeout", 400, task('"delivery":{"timeout_ms":-1}')),
  body("a target that isn't there", 404, '{"intent":"test.run","target_runtime":"absent","payload":1}'),
  body("an intent that nobody serves", 404, '{"intent":"nobody.serves","payload":1}'),
];

const tokens: readonly Hostile[] = [
  header("no token", 401, "Authorization"),
  header("an empty token", 401, "Authorization", "Bearer "),
  header("a wrong token", 401, "Authorization", `Bearer alink_${"A".repeat(43)}`),
  header("a name and a password", 401, "Authorization", "Basic b3BlcmF0b3I6b3BlcmF0b3I="),
  header("a token of SQL", 401, "Authorization", "Bearer ' OR '1'='1"),
  refuse("half of the token", 401, ({ good, token }) =>
    withHeader(good, "Authorization", `Bearer ${token.slice(0, -1)}`),
  ),
  refuse("the token and one character", 401, ({ good, token }) =>
    withHeader(good, "Authorization", `Bearer ${token}A`),
  ),
  refuse("two tokens", [400, 401], ({ good, token }) =>
    withHeader(good, "Authorization", `Bearer ${token}`, "Bearer wrong"),
  ),
  refuse("the token in the address", 401, ({ good, token }) => ({
    ...withHeader(good, "Authorization"),
    path: `/v1/tasks?token=${token}`,
  })),
  refuse("a reader that submits", 403, ({ good, reader }) =>
    withHeader(good, "Authorization", `Bearer ${reader}`),
  ),
  ...(
    [
      ["cancels", "POST", ({ task_id }: Stage) => `/v1/tasks/${task_id}/cancel`],
      ["starts a runtime", "POST", () => "/v1/runtimes/agent/start"],
      ["stops a runtime", "POST", () => "/v1/runtimes/agent/stop"],
      ["revokes tokens", "DELETE", ({ task_id }: Stage) => `/v1/tokens/${task_id}`],
      ["lists the tokens", "GET", () => "/v1/tokens"],
    ] as const
  ).map(([what, method, path]) =>
    refuse(`a reader that ${what}`, 403, (stage) =>
      withHeader(callOf(stage, method, path(stage)), "Authorization", `Bearer ${stage.reader}`),
    ),
  ),
];

const paths: readonly Hostile[] = [
  call("a path out of the tasks", [400, 404], "GET", () => "/v1/tasks/../../operator.token"),
  call("an artifact that is a path", [400, 404], "GET", () => "/artifacts/..%2foperator.token"),
  call("an artifact that is an absolute path", [400, 404], "GET", () => "/artifacts/%2fetc%2fpasswd"),
  call(
    "an artifact with a zero byte",
    [400, 404],
    "GET",
    ({ artifact_id }) => `/artifacts/${artifact_id}%00`,
  ),
  call("a path that can't be decoded", 400, "GET", () => "/v1/tasks/%zz"),
  call("a task's id that is SQL", [400, 404], "GET", () => "/v1/tasks/'%20OR%201=1--"),
  call("a task's id that is a property", [400, 404], "GET", () => "/v1/tasks/__proto__"),
  call("a runtime that is a property", [400, 404], "POST", () => "/v1/runtimes/constructor/start"),
  call("an unknown method", 405, "PUT", () => "/v1/tasks"),
  call("DELETE of a task", 405, "DELETE", ({ task_id }) => `/v1/tasks/${task_id}`),
  call("TRACE", [400, 405], "TRACE", () => "/v1/tasks"),
  call("a limit beyond the largest", 400, "GET", () => "/v1/tasks?limit=100000"),
  call("a wait beyond the longest", 400, "GET", ({ task_id }) => `/v1/tasks/${task_id}?wait=100000`),
  call("a cursor that isn't one", 400, "GET", () => "/v1/tasks?cursor=Li4vLi4v"),
  refuse("a Last-Event-ID that is no number", 400, (stage) =>
    withHeader(callOf(stage, "GET", "/v1/events"), "Last-Event-ID", "1 OR 1"),
  ),
  header("an endless Idempotency-Key", 400, "Idempotency-Key", "k".repeat(5000)),
];

const wires: readonly Hostile[] = [
  header("a head of more than 16 KiB", [400, 431], "X-Long", "x".repeat(20_000)),
  raw("no HTTP", 400, () => "\u0016\u0003\u0001 this is TLS or something\r\n\r\n"),
  raw("HTTP/2", 400, () => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  refuse("two lengths", 400, ({ good }) =>
    withHeader(good, "Content-Length", String(Buffer.byteLength(good.body)), "1"),
  ),
  header("a length and chunks", 400, "Transfer-Encoding", "chunked"),
  header("a negative length", 400, "Content-Length", "-1"),
  header("a line break in a header", 400, "X-Split", "a\r\n b\r\nHost\u0000: evil.example"),
];

/** All of them. */
export const hostileRequests: readonly Hostile[] = [
  ...origins,
  ...hosts,
  ...types,
  ...bodies,
  ...tokens,
  ...paths,
  ...wires,
];
