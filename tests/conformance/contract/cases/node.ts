/** When the node protocol answers what. */
import { aNode, type Call, type CasesOf } from "../case.ts";
import { failing, refused, refusedBodies, tooLarge } from "./refusals.ts";

const health: Call = (client) => client.getNodeHealth();

const pair =
  (changes: object = {}): Call =>
  async (client, world) => {
    const { body, headers } = await world.pairing(changes);
    return client.pairNode(body, headers);
  };

const rotate =
  (changes: object = {}): Call =>
  async (client, world) => {
    const { body, headers } = await world.rotation(changes);
    return client.rotateNode(body, headers);
  };

export const nodeCases: CasesOf<"getNodeHealth" | "pairNode" | "rotateNode"> = {
  getNodeHealth: {
    ...refused(health),
    200: { when: "to everybody", by: "nobody", call: health },
  },
  pairNode: {
    ...refused(pair()),
    ...refusedBodies(pair(), pair({ display_name: tooLarge })),
    ...failing(pair()),
    200: { when: "with what this node is", by: "nobody", call: pair() },
    400: { when: "to a name that is none", by: "nobody", call: pair({ peer_id: "No Name" }) },
    401: { when: "to a secret that is wrong", by: "nobody", call: pair({ secret: "wrong" }) },
  },
  rotateNode: {
    ...refused(rotate()),
    ...refusedBodies(rotate(), rotate({ more: tooLarge })),
    ...failing(rotate()),
    200: { when: "with the key that is pinned now", by: "nobody", call: rotate() },
    400: { when: "to what is no key", by: "nobody", call: rotate({ new_node_id: "no-key" }) },
    401: { when: "to a key that doesn't sign", by: "nobody", call: rotate({ new_node_id: aNode }) },
    409: {
      when: "to the key of another peer",
      call: async (client, world) => {
        const { body, headers } = await world.rotation();
        await client.addPeer({ peer_id: "rival", base_url: "http://127.0.0.1:9", node_id: body.new_node_id });
        return client.rotateNode(body, headers);
      },
    },
  },
};
