/** Other nodes beside the one that is asked: a real one, and keys that a test signs with. */
import { createClient } from "#generated/client/src/index.ts";
import { ed25519Identity, makeKey } from "#src/network/identity/ed25519.ts";
import { claimsOf, signed } from "../../signing.ts";
import { createHome, startNode, type TestNode } from "../../support.ts";
import { aNode, type World } from "./case.ts";

export interface Others extends AsyncDisposable {
  readonly world: Pick<World, "peer" | "sparePeer" | "deadPeer" | "invitation" | "pairing" | "rotation">;
  /** Makes what can't be made later, when nothing can be written any more. */
  prepare(): Promise<void>;
}

/** What is made once, when it is first asked for. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

interface Member {
  readonly key: ReturnType<typeof ed25519Identity>;
  readonly peer_id: string;
}

/** The nodes around a node; none is started before it is needed. */
export function openOthers(node: TestNode): Others {
  const left = new AsyncDisposableStack();
  const here = createClient({ baseUrl: node.url, token: node.token });
  const identity = once(async () => (await here.getNodeHealth()).node_id);
  const neighbour = once(async () => {
    const other = left.use(await startNode(left.use(createHome())));
    return createClient({ baseUrl: other.url, token: other.token });
  });
  let made = 0;
  const invitation = async () => (await (await neighbour()).invitePeer({})).code;
  const join = async () => {
    const peer_id = "neighbour";
    await here.joinPeer({ code: await invitation(), peer_id, as: "asked" });
    return peer_id;
  };
  const peer = once(join);
  const unanswered = async (node_id: string | undefined) => {
    const peer_id = `peer-${++made}`;
    await here.addPeer({
      peer_id,
      base_url: "http://127.0.0.1:9",
      ...(node_id === undefined ? {} : { node_id }),
    });
    return peer_id;
  };
  const member = async (): Promise<Member> => {
    const key = ed25519Identity(makeKey());
    return { key, peer_id: await unanswered(key.nodeId) };
  };
  /** Peers that were made while that could be done. */
  const spare: { members: Member[]; peers: string[] } = { members: [], peers: [] };
  return {
    world: {
      peer,
      sparePeer: async () => spare.peers.pop() ?? unanswered(undefined),
      deadPeer: once(() => unanswered(ed25519Identity(makeKey()).nodeId)),
      async invitation() {
        await peer();
        return invitation();
      },
      async pairing(changes = {}) {
        const { code } = await here.invitePeer({});
        const { secret } = JSON.parse(Buffer.from(code.slice(7), "base64url").toString()) as {
          secret: string;
        };
        const by = ed25519Identity(makeKey());
        const peer_id = `joining-${++made}`;
        const body = { secret, node_id: by.nodeId, peer_id, base_url: "http://127.0.0.1:9", ...changes };
        const path = "/v1/node/pair";
        const message = {
          by,
          to: await identity(),
          message_type: "node.pair",
          method: "POST",
          path,
        } as const;
        return { body, headers: await signed({ ...message, body: JSON.stringify(body) }) };
      },
      async rotation(changes = {}) {
        const { key } = spare.members.pop() ?? (await member());
        const next = ed25519Identity(makeKey());
        const body = { new_node_id: next.nodeId, ...changes };
        const path = "/v1/node/rotate";
        const to = await identity();
        const base = {
          to,
          message_type: "node.rotate",
          method: "POST",
          path,
          body: JSON.stringify(body),
        } as const;
        const claims = { ...claimsOf({ ...base, by: next }), chain: [key.nodeId] };
        const also = (await next.sign(claims)) ?? "";
        const headers = await signed({ ...base, by: key });
        return { body, headers: { ...headers, "AethroLink-Signature-New": also } };
      },
    },
    async prepare() {
      await Promise.all([peer(), identity()]);
      for (let n = 0; n < 4; n++) {
        spare.members.push(await member());
        spare.peers.push(await unanswered(aNodeFor(n)));
      }
    },
    [Symbol.asyncDispose]: () => left.disposeAsync(),
  };
}

/** The first of them has a key, which is another's for whoever wants it. */
const aNodeFor = (n: number) => (n === 0 ? aNode : undefined);
