/** What every transport does. */
import { describe, expect, it } from "vitest";
import {
  type AnswerBody,
  type FrameBody,
  type NetworkEnvelope,
  PeerFault,
  type RequestBody,
  type TransportAdapter,
} from "#src/core/network-ports.ts";

/** What the other end does with a request; frames make the answer a stream. */
export type Answering = (
  body: RequestBody,
) => Promise<AnswerBody & { readonly frames?: AsyncIterable<FrameBody> }>;

export interface OpenTransport extends AsyncDisposable {
  readonly transport: TransportAdapter;
  /** Where `answering` answers. */
  readonly address: string;
  /** Where nobody does. */
  readonly nowhere: string;
}

export interface TransportSetup {
  readonly name: string;
  open(answering: Answering): Promise<OpenTransport>;
}

const requestOf = (changes: Partial<RequestBody> = {}): NetworkEnvelope<RequestBody> => ({
  envelope_id: "e1",
  conversation_id: "c1",
  task_id: "t1",
  sender_node: "here",
  recipient_node: "there",
  message_type: "task.submit",
  body: {
    kind: "request",
    method: "POST",
    path: "/v1/node/tasks?x=1",
    content: { text: "häßlich" },
    ...changes,
  },
  created_at: "2026-11-23T09:00:00.000Z",
  signature: "a.b.c",
});

const answerOf = (changes: Partial<AnswerBody> = {}): AnswerBody => ({
  kind: "answer",
  status: 202,
  headers: { "content-type": "application/json" },
  content: { ok: true },
  ...changes,
});

const patient = new AbortController().signal;

async function* frames(count: number, last?: Promise<void>): AsyncGenerator<FrameBody, void, undefined> {
  for (let n = 1; n <= count; n++) yield { kind: "frame", id: String(n), content: { seq: n } };
  await last;
}

const stream = { "content-type": "text/event-stream" };

/** @param setup opens a transport whose other end answers */
export function transportConformance({ name, open }: TransportSetup): void {
  const all = async (
    { transport, address }: OpenTransport,
    envelope: NetworkEnvelope<RequestBody>,
    signal = patient,
  ) => {
    const items: NetworkEnvelope<AnswerBody | FrameBody>[] = [];
    for await (const item of transport.exchange(address, envelope, signal)) items.push(item);
    return items;
  };
  const faultOf = (act: Promise<unknown>) =>
    act.then(
      () => undefined,
      (thrown: unknown) => (thrown instanceof PeerFault ? thrown.kind : thrown),
    );

  describe(`the transport ${name}`, () => {
    it("carries a request as it is, and yields its answer", async () => {
      const seen: RequestBody[] = [];
      await using opened = await open(async (body) => {
        seen.push(body);
        return answerOf();
      });
      const answers = await all(opened, requestOf({ headers: { "aethrolink-chain": "here" } }));
      expect(answers).toMatchObject([
        {
          sender_node: "there",
          recipient_node: "here",
          body: { kind: "answer", status: 202, content: { ok: true } },
        },
      ]);
      const [{ method, path, headers, content } = requestOf().body] = seen;
      expect({ method, path, content }).toEqual({
        method: "POST",
        path: "/v1/node/tasks?x=1",
        content: { text: "häßlich" },
      });
      expect(headers).toMatchObject({ "aethrolink-chain": "here" });
    });

    it("yields a refusal like any answer", async () => {
      await using opened = await open(async () =>
        answerOf({ status: 409, content: { code: "loop_detected" } }),
      );
      expect(await all(opened, requestOf())).toMatchObject([
        { body: { status: 409, content: { code: "loop_detected" } } },
      ]);
    });

    it("yields the frames of a stream behind its answer, each once and in order", async () => {
      await using opened = await open(async () => ({
        ...answerOf({ status: 200, headers: stream, content: null }),
        frames: frames(500),
      }));
      const items = await all(opened, requestOf({ method: "GET", content: null }));
      expect(
        items.map(({ body }) =>
          body.kind === "frame" ? `${body.id} ${JSON.stringify(body.content)}` : body.kind,
        ),
      ).toEqual(["answer", ...Array.from({ length: 500 }, (_, n) => `${n + 1} {"seq":${n + 1}}`)]);
    });

    it("says unreachable where nobody answers", async () => {
      await using opened = await open(async () => answerOf());
      expect(await faultOf(all({ ...opened, address: opened.nowhere }, requestOf()))).toBe("unreachable");
    });

    it("says broken where the other end fails at the request", async () => {
      await using opened = await open(async () => {
        throw new Error("it fails");
      });
      expect(await faultOf(all(opened, requestOf()))).toBe("broken");
    });

    it("ends with its signal, also while the other end says nothing", async () => {
      const asked = Promise.withResolvers<void>();
      const never = new Promise<never>(() => {});
      await using opened = await open(() => {
        asked.resolve();
        return never;
      });
      const giveUp = new AbortController();
      const fault = faultOf(all(opened, requestOf(), giveUp.signal));
      await asked.promise;
      giveUp.abort();
      expect(await fault).toBe("broken");
    });

    it("ends a stream with its signal", async () => {
      const never = new Promise<never>(() => {});
      await using opened = await open(async () => ({
        ...answerOf({ status: 200, headers: stream, content: null }),
        frames: frames(2, never),
      }));
      const giveUp = new AbortController();
      const seen: string[] = [];
      const reading = (async () => {
        const items = opened.transport.exchange(opened.address, requestOf(), giveUp.signal);
        for await (const { body } of items) {
          seen.push(body.kind);
          if (seen.length === 3) giveUp.abort();
        }
      })();
      expect(await faultOf(reading)).toBe("broken");
      expect(seen).toEqual(["answer", "frame", "frame"]);
    });

    it("carries many at once without mixing them up", async () => {
      await using opened = await open(async ({ content }) => answerOf({ content }));
      const numbers = Array.from({ length: 50 }, (_, n) => n);
      const answers = await Promise.all(numbers.map((n) => all(opened, requestOf({ content: { n } }))));
      expect(answers.map(([answer]) => answer?.body.content)).toEqual(numbers.map((n) => ({ n })));
    });

    it("knows where it can go", async () => {
      await using opened = await open(async () => answerOf());
      expect(opened.transport.reaches(opened.address)).toBe(true);
      expect(opened.transport.reaches("carrier-pigeon://roof")).toBe(false);
    });
  });
}
