/** When the operations on tokens answer what. */
import { type Call, type CasesOf, nothing } from "../case.ts";
import { failing, refusedBodies, refusedToReaders, tooLarge } from "./refusals.ts";

const makeToken =
  (name: string): Call =>
  (client) =>
    client.createToken({ role: "reader", name });
const revoke: Call = async (client, world) => client.revokeToken(await world.spareToken());

export const tokenCases: CasesOf<"createToken" | "listTokens" | "revokeToken"> = {
  createToken: {
    ...refusedToReaders(makeToken("")),
    ...refusedBodies(makeToken("dashboard"), makeToken(tooLarge)),
    ...failing(makeToken("dashboard")),
    201: { when: "with a token", call: makeToken("dashboard") },
    400: { when: "to a name that is too long", call: makeToken("x".repeat(129)) },
  },
  listTokens: {
    ...refusedToReaders((client) => client.listTokens()),
    200: { when: "with the tokens", call: (client) => client.listTokens() },
  },
  revokeToken: {
    ...refusedToReaders(revoke),
    ...failing(revoke),
    200: { when: "with the token that is valid no more", call: revoke },
    400: { when: "to what is no id", call: (client) => client.revokeToken("no-id") },
    404: { when: "for a token that isn't there", call: (client) => client.revokeToken(nothing.id) },
    409: {
      when: "for the node's own token",
      call: async (client, world) => client.revokeToken(await world.ownToken()),
    },
  },
};
