import { getNodeHealth } from "@aethrolink/client";
import { NodeCommand, onlyJson } from "../base.ts";

/** Tells which node this is. */
export class NodeId extends NodeCommand {
  static override summary = "print the node's id, which is its public key";
  static override examples = ["<%= config.bin %> node-id"];
  static override flags = onlyJson;

  async run(): Promise<void> {
    const { flags } = await this.parse(NodeId);
    const health = await getNodeHealth(this.node(flags));
    // Its text is wanted by scripts, too.
    this.log(flags.json ? JSON.stringify(health) : health.node_id);
  }
}
