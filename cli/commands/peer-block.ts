import { blockPeer } from "@aethrolink/client";
import { NodeCommand } from "../base.ts";
import { peerId } from "../peer-flags.ts";
import { idOf } from "../values.ts";

/** Refuses a peer. */
export class PeerBlock extends NodeCommand {
  static override summary = "refuse a peer from now on; peer-trust takes it back";
  static override examples = ["<%= config.bin %> peer-block build"];
  static override flags = peerId.flags;
  static override args = peerId.args;

  async run(): Promise<void> {
    const { flags, args } = await this.parse(PeerBlock);
    const id = idOf("peer-id", flags["peer-id"], args.peer);
    this.print(flags, await blockPeer(id, {}, this.node(flags)), () => `${id} is blocked.`);
  }
}
