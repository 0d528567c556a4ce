/** Two nodes in processes of their own that are peers: `desk` gives tasks, `build` works on them. */
import { join } from "node:path";
import type { TaskEvent } from "#contracts/events.ts";
import { fakeCommand, fixtureCommand, type TargetEntry } from "../programs.ts";
import { createHome, type Home, type StartOptions, startNode, type TestNode } from "../support.ts";

export interface RelayNodes extends AsyncDisposable {
  desk: TestNode;
  build: TestNode;
  readonly homes: { readonly desk: Home; readonly build: Home };
  /** Where the agent counts its prompts. */
  readonly countFile: string;
  /** What `desk` calls `build` from now on. */
  reach(base_url: string): Promise<void>;
  /** Starts one again, after its process has gone, at the address of before. */
  restart(name: "desk" | "build", options?: Partial<StartOptions>): Promise<void>;
}

const flags = ["--peer-sync-interval", "0"];

/**
 * Starts and pairs them.
 * @param more targets of `build`
 */
export async function openRelayNodes(
  more: { readonly [name: string]: TargetEntry } = {},
): Promise<RelayNodes> {
  await using left = new AsyncDisposableStack();
  const homes = { desk: left.use(createHome()), build: left.use(createHome()) };
  const countFile = join(homes.build.path, "count");
  homes.build.setRegistry({
    counting: { command: fixtureCommand("counting", "--stay"), env: { COUNT_FILE: countFile } },
    fake: { command: await fakeCommand(), more: { capabilities: ["code.build"] } },
    ...more,
  });
  const start = (name: "desk" | "build", options: Partial<StartOptions> = {}) =>
    startNode({ ...homes[name], ...options, args: [...flags, ...(options.args ?? [])] });
  const nodes = { desk: await start("desk"), build: await start("build") };
  left.defer(async () => {
    await Promise.all([nodes.desk[Symbol.asyncDispose](), nodes.build[Symbol.asyncDispose]()]);
  });
  const good = async (node: TestNode, path: string, body: object) => {
    const answer = await node.call<{ code?: string }>("POST", path, body);
    if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const { code } = await good(nodes.build, "/v1/peers/invite", {});
  await good(nodes.desk, "/v1/peers/join", { code, peer_id: "build", as: "desk" });
  await good(nodes.desk, "/v1/peers/build/sync", {});
  const { node_id } = (await nodes.build.call<{ node_id: string }>("GET", "/v1/node/health")).body;
  const kept = left.move();
  return Object.assign(nodes, {
    homes,
    countFile,
    async reach(base_url: string) {
      await good(nodes.desk, "/v1/peers", { peer_id: "build", base_url, node_id });
    },
    async restart(name: "desk" | "build", options: Partial<StartOptions> = {}) {
      const port = new URL(nodes[name].url).port;
      nodes[name] = await start(name, { ...options, args: ["--port", port] });
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  });
}

/** What is wrong with a list of events of a task that ran elsewhere; undefined: nothing. */
export function faultIn(events: readonly TaskEvent[]): string | undefined {
  const seqs = events.map(({ seq }) => seq);
  if (seqs.some((seq, at) => seq !== at + 1)) return `its events are ${seqs.join()}`;
  const remote = events.flatMap(({ data }) => (data as { remote_event_seq?: number }).remote_event_seq ?? []);
  return remote.some((seq, at) => seq !== at + 1) ? `it took over ${remote.join()}` : undefined;
}
