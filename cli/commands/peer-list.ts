import { listPeers } from "@aethrolink/client";
import { NodeCommand } from "../base.ts";
import { peersInWords } from "../render-peers.ts";

/** Lists the peers. */
export class PeerList extends NodeCommand {
  static override summary = "list the nodes that this one knows";
  static override examples = ["<%= config.bin %> peer-list"];

  async run(): Promise<void> {
    const { flags } = await this.parse(PeerList);
    this.print(flags, await listPeers(this.node(flags)), ({ peers }) => peersInWords(peers));
  }
}
