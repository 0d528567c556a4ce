/**
 * Writers and readers that go on whatever happens to the node: each remembers what it was promised and
 * what it saw, for the test to hold against the log.
 */
import type { TaskEvent } from "#contracts/events.ts";
import type { TestNode } from "../support.ts";

/** Random numbers that a seed repeats (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The node of the present life, waited for while there is none. */
export interface CurrentNode {
  get(): Promise<TestNode>;
  set(node: TestNode | undefined): void;
}

/** Holds the node of the present life. */
export function createCurrent(): CurrentNode {
  let waiting = Promise.withResolvers<TestNode>();
  return {
    get: () => waiting.promise,
    set(node) {
      if (node === undefined) waiting = Promise.withResolvers();
      else waiting.resolve(node);
    },
  };
}

export interface Load {
  /** Answered 202, by id; the value is the number that the writer gave to the task. */
  readonly acknowledged: Map<string, number>;
  /** What readers saw, in the order in which they saw it. */
  readonly seen: Map<string, TaskEvent[]>;
  /** Streams that were cut and taken up again. */
  readonly reconnects: () => number;
  /** Ends the writers when their present tasks are done. */
  stop(): Promise<void>;
}

interface LoadOptions {
  readonly node: CurrentNode;
  readonly random: () => number;
  readonly writers: number;
  readonly targets: readonly string[];
}

/** Starts the writers. */
export function startLoad({ node, random, writers, targets }: LoadOptions): Load {
  const acknowledged = new Map<string, number>();
  const seen = new Map<string, TaskEvent[]>();
  let stopping = false;
  let number = 0;
  let reconnects = 0;

  const follow = async (task_id: string): Promise<void> => {
    const events: TaskEvent[] = [];
    seen.set(task_id, events);
    const isOver = () => /^task\.(completed|failed|cancelled)$/.test(events.at(-1)?.kind ?? "");
    while (!isOver()) {
      const life = await node.get();
      try {
        for await (const event of life.events(task_id, events.at(-1)?.seq)) events.push(event);
        // A node that has lost what was seen has nothing behind it.
        if (!isOver()) throw new Error(`${task_id} has nothing behind event ${events.at(-1)?.seq}`);
      } catch (thrown) {
        await lifeOver(life, thrown);
        reconnects++;
      }
    }
  };

  const submit = async (mine: number): Promise<string> => {
    const request = requestOf(mine, random, targets);
    for (;;) {
      const life = await node.get();
      try {
        const key = `task-${mine}`;
        const { status, body } = await life.call<{ task: { task_id: string } }>(
          "POST",
          "/v1/tasks",
          request,
          { "idempotency-key": key },
        );
        if (status !== 202) throw new Error(`a submit was answered ${status}: ${JSON.stringify(body)}`);
        return body.task.task_id;
      } catch (thrown) {
        await lifeOver(life, thrown);
      }
    }
  };

  const write = async (): Promise<void> => {
    while (!stopping) {
      const mine = number++;
      const follows = random() < 0.7;
      const task_id = await submit(mine);
      acknowledged.set(task_id, mine);
      if (follows) await follow(task_id);
    }
  };

  const all = Promise.all(Array.from({ length: writers }, write));
  all.catch(() => {}); // heard in stop
  return {
    acknowledged,
    seen,
    reconnects: () => reconnects,
    async stop() {
      stopping = true;
      await all;
    },
  };
}

const cutCalls = /^(fetch failed|terminated|other side closed)$/;

/** Waits for the end of a life whose call was cut. @throws what was thrown for another reason */
async function lifeOver(life: TestNode, thrown: unknown): Promise<void> {
  if (!(thrown instanceof TypeError && cutCalls.test(thrown.message))) throw thrown;
  await life.exited;
}

function requestOf(mine: number, random: () => number, targets: readonly string[]) {
  const large = random() < 0.05;
  return {
    target_runtime: targets[Math.floor(random() * targets.length)],
    intent: "test.run",
    conversation_id: `conversation-${Math.floor(random() * 40)}`,
    metadata: { number: mine },
    payload: {
      chunks: Math.floor(random() * 6),
      every_ms: random() < 0.5 ? 0 : Math.floor(random() * 60),
      ...(large ? { padding: "x".repeat(20_000) } : {}),
    },
  };
}
