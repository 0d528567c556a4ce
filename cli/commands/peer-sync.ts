import { type PeerSynced, syncPeer } from "@aethrolink/client";
import { NodeCommand } from "../base.ts";
import { peerId } from "../peer-flags.ts";
import { table } from "../render.ts";
import { idOf } from "../values.ts";

/** Asks a peer what it exports. */
export class PeerSync extends NodeCommand {
  static override summary = "ask a peer now which targets it has for this node";
  static override examples = [
    "<%= config.bin %> peer-sync build",
    "<%= config.bin %> peer-sync --peer-id build",
  ];
  static override flags = peerId.flags;
  static override args = peerId.args;

  async run(): Promise<void> {
    const { flags, args } = await this.parse(PeerSync);
    const id = idOf("peer-id", flags["peer-id"], args.peer);
    this.print(flags, await syncPeer(id, {}, this.node(flags)), inWords);
  }
}

function inWords({ peer, targets }: PeerSynced): string {
  const rows = targets.map(({ target_id, capabilities, display_name }) => ({
    target: `${peer.peer_id}/${target_id}`,
    capabilities: capabilities.join(", ") || "any",
    name: display_name,
  }));
  return table(rows, `${peer.peer_id} exports nothing to this node.`);
}
