import { joinPeer } from "@aethrolink/client";
import { Args, Flags } from "@oclif/core";
import { NodeCommand } from "../base.ts";
import { givenOf, ownAddress } from "../peer-flags.ts";
import { peerInWords } from "../render-peers.ts";
import { idOf } from "../values.ts";

/** Pairs with the node that made a code. */
export class PeerJoin extends NodeCommand {
  static override summary = "pair with the node that made a code";
  static override examples = [
    "<%= config.bin %> peer-join alink1_eyJ1cmwi…",
    "<%= config.bin %> peer-join alink1_eyJ1cmwi… --peer-id build --as desk",
  ];
  static override flags = {
    code: Flags.string({ description: "what peer-invite printed" }),
    "peer-id": Flags.string({
      description: "what this node calls the other; default: what that calls itself",
    }),
    as: Flags.string({ description: "what the other node calls this one; default: this machine's name" }),
    ...ownAddress,
  };
  static override args = { code: Args.string({ description: "what peer-invite printed" }) };

  async run(): Promise<void> {
    const { flags, args } = await this.parse(PeerJoin);
    const body = {
      code: idOf("code", flags.code, args.code),
      ...givenOf({
        peer_id: flags["peer-id"],
        as: flags.as,
        base_url: flags["base-url"],
        display_name: flags["display-name"],
      }),
    };
    this.print(
      flags,
      await joinPeer(body, this.node(flags)),
      (peer) => `The two nodes are peers now.\n\n${peerInWords(peer)}`,
    );
  }
}
