import { removePeer } from "@aethrolink/client";
import { NodeCommand } from "../base.ts";
import { peerId } from "../peer-flags.ts";
import { idOf } from "../values.ts";

/** Forgets a peer. */
export class PeerRemove extends NodeCommand {
  static override summary = "forget a peer and its targets";
  static override examples = ["<%= config.bin %> peer-remove build"];
  static override flags = peerId.flags;
  static override args = peerId.args;

  async run(): Promise<void> {
    const { flags, args } = await this.parse(PeerRemove);
    const id = idOf("peer-id", flags["peer-id"], args.peer);
    this.print(flags, await removePeer(id, this.node(flags)), () => `${id} is no peer any more.`);
  }
}
