/** Two nodes in this process, over HTTP, on one clock. */

import { ed25519Identity, makeKey } from "#src/network/identity/ed25519.ts";
import { createFakeClock, type FakeClock } from "./fake-clock.ts";
import { fakeTarget, type OpenEngine, openEngine } from "./open-engine.ts";
import { type OpenServer, openServer } from "./open-server.ts";

export interface TwoServers extends AsyncDisposable {
  readonly clock: FakeClock;
  readonly a: OpenServer;
  readonly b: OpenServer;
  /** Makes them peers by a code of `a`'s: `a` is called `alpha` there, `b` is called `beta`. */
  pair(): Promise<void>;
  /** Goes on with the files and the key of `a`, which was abandoned; it serves nobody. */
  reopenA(): Promise<OpenEngine>;
}

/** Opens them; nothing is asked before a test asks. */
export async function openTwoServers(): Promise<TwoServers> {
  await using left = new AsyncDisposableStack();
  const clock = createFakeClock();
  const identity = ed25519Identity(makeKey());
  const own = { clock, targets: [fakeTarget({ target_id: "research" })], network: { identity } };
  const a = left.use(await openServer(own));
  const b = left.use(await openServer({ clock, targets: [fakeTarget({ target_id: "build" })] }));
  const kept = left.move();
  return {
    clock,
    a,
    b,
    async pair() {
      const code = await codeOf(a);
      const joined = await b.call("POST", "/v1/peers/join", {
        code,
        peer_id: "alpha",
        as: "beta",
        base_url: b.url,
      });
      if (joined.status !== 201) throw new Error(JSON.stringify(joined.body));
    },
    reopenA: () => openEngine({ ...own, dir: a.node.dir }),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** A code that pairs with a node. */
export async function codeOf(server: OpenServer): Promise<string> {
  const { body } = await server.call("POST", "/v1/peers/invite", { base_url: server.url });
  return (body as { code: string }).code;
}
