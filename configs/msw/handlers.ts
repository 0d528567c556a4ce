/**
 * A node that isn't there: handlers of Mock Service Worker for every operation and every status that it
 * declares, answering with the examples of the API document.
 */
import { delay, HttpResponse, http, type RequestHandler } from "msw";
import { history, operations } from "#generated/msw/answers.ts";

export type OperationId = keyof typeof operations;
/** The statuses that an operation declares. */
export type StatusOf<Id extends OperationId> = keyof (typeof operations)[Id]["answers"];
/** What shall be answered; an operation that isn't named answers what it usually does. */
export type Choice = { readonly [Id in OperationId]?: StatusOf<Id> };

interface Answer {
  readonly type?: string;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: unknown;
  /** What a stream is as one JSON value. */
  readonly json?: unknown;
}

interface Operation {
  readonly method: "get" | "post" | "delete";
  readonly path: string;
  readonly usual: number;
  readonly answers: { readonly [status: number]: Answer };
}

/** The statuses that an operation declares, in ascending order. */
export function statusesOf<Id extends OperationId>(id: Id): StatusOf<Id>[] {
  return Object.keys(operations[id].answers).map(Number) as StatusOf<Id>[];
}

/**
 * Handlers for all operations.
 * @param baseUrl the address of the node that they stand for
 * @param choice the status that an operation shall answer with
 */
export function handlers(baseUrl: string, choice: Choice = {}): RequestHandler[] {
  return (Object.keys(operations) as OperationId[]).map((id) => {
    const operation: Operation = operations[id];
    const status = choice[id] ?? operation.usual;
    const answer = operation.answers[status];
    if (answer === undefined) throw new Error(`${id} declares no ${status}`);
    return http[operation.method](baseUrl + operation.path, ({ request }) =>
      respond(id, status, answer, request),
    );
  });
}

function respond(id: OperationId, status: number, answer: Answer, request: Request): Response {
  const headers = new Headers(answer.headers);
  if (answer.type === undefined) return new HttpResponse(null, { status, headers });
  if (answer.type === "text/event-stream") return stream(id, answer, request, headers);
  headers.set("Content-Type", answer.type);
  const text = /[/+]json$/.test(answer.type) ? JSON.stringify(answer.body) : String(answer.body);
  return new HttpResponse(text, { status, headers });
}

/** The history behind the place that was named; of a task to its end, of all tasks without one. */
function stream(id: OperationId, answer: Answer, request: Request, headers: Headers): Response {
  const wanted = request.headers.get("Accept") ?? "";
  if (answer.json !== undefined && wanted.startsWith("application/json")) {
    headers.set("Content-Type", "application/json");
    return new HttpResponse(JSON.stringify(answer.json), { headers });
  }
  const after = request.headers.get("Last-Event-ID") ?? new URL(request.url).searchParams.get("after");
  const left = history.filter(({ seq }) => seq > Number(after ?? 0));
  if (left.length === 0 && id === "streamTaskEvents") return new HttpResponse(null, { status: 204 });
  const frames = left.map(
    (event) => `id: ${event.seq}\nevent: task.event\ndata: ${JSON.stringify(event)}\n\n`,
  );
  headers.set("Content-Type", "text/event-stream");
  return new HttpResponse(bodyOf(frames, id === "streamTaskEvents"), { headers });
}

function bodyOf(frames: readonly string[], ends: boolean): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async start(controller) {
      for (const frame of frames) {
        controller.enqueue(encoder.encode(frame));
        await delay(0);
      }
      if (ends) controller.close();
    },
  });
}
