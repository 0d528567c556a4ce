/** How commands name a peer, and an address. */
import { Args, Flags } from "@oclif/core";

/** The peer that a command is about. */
export const peerId = {
  flags: { "peer-id": Flags.string({ description: "what this node calls the peer" }) },
  args: { peer: Args.string({ description: "what this node calls the peer" }) },
};

/** Where this node is reached from another. */
export const ownAddress = {
  "base-url": Flags.string({
    description: "where the other node reaches this one; default: where it listens",
  }),
  "display-name": Flags.string({ description: "what people at the other node call this one" }),
};

/** Those of the values that were given, under the names of the API. */
export function givenOf<Name extends string>(values: { readonly [Each in Name]: string | undefined }) {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [Each in Name]?: string };
}
