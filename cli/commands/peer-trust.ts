import { trustPeer } from "@aethrolink/client";
import { Flags } from "@oclif/core";
import { NodeCommand } from "../base.ts";
import { givenOf, peerId } from "../peer-flags.ts";
import { peerInWords } from "../render-peers.ts";
import { idOf } from "../values.ts";

/** Believes a peer. */
export class PeerTrust extends NodeCommand {
  static override summary = "believe a peer, by its key";
  static override description =
    "Without --node-id the key that is pinned counts, else the one that the peer shows now: compare it with what node-id prints there.";
  static override examples = ["<%= config.bin %> peer-trust build --node-id did:key:z6Mk…"];
  static override flags = {
    ...peerId.flags,
    "node-id": Flags.string({ description: "its key, as node-id prints it there" }),
  };
  static override args = peerId.args;

  async run(): Promise<void> {
    const { flags, args } = await this.parse(PeerTrust);
    const id = idOf("peer-id", flags["peer-id"], args.peer);
    this.print(
      flags,
      await trustPeer(id, givenOf({ node_id: flags["node-id"] }), this.node(flags)),
      peerInWords,
    );
  }
}
