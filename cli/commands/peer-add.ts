import { addPeer } from "@aethrolink/client";
import { Flags } from "@oclif/core";
import { NodeCommand } from "../base.ts";
import { givenOf } from "../peer-flags.ts";
import { peerInWords } from "../render-peers.ts";

/** Makes another node known. */
export class PeerAdd extends NodeCommand {
  static override summary = "make another node known by hand, or change what is known of it";
  static override examples = [
    "<%= config.bin %> peer-add --peer-id build --base-url https://build.example:7777 --node-id did:key:z6Mk…",
  ];
  static override flags = {
    "peer-id": Flags.string({ description: "what this node calls the peer", required: true }),
    "base-url": Flags.string({ description: "where it answers", required: true }),
    "display-name": Flags.string({ description: "what people call it" }),
    capabilities: Flags.string({ description: "what it is for, separated by commas" }),
    "node-id": Flags.string({
      description: "its key, as node-id prints it there; without it, it is not trusted yet",
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(PeerAdd);
    const capabilities = (flags.capabilities ?? "").split(",").map((part) => part.trim());
    const body = {
      peer_id: flags["peer-id"],
      base_url: flags["base-url"],
      capabilities: capabilities.filter((part) => part !== ""),
      ...givenOf({ display_name: flags["display-name"], node_id: flags["node-id"] }),
    };
    this.print(flags, await addPeer(body, this.node(flags)), peerInWords);
  }
}
