import { invitePeer } from "@aethrolink/client";
import { NodeCommand } from "../base.ts";
import { givenOf, ownAddress } from "../peer-flags.ts";

/** Makes a code that pairs. */
export class PeerInvite extends NodeCommand {
  static override summary = "make a code that pairs one node with this one, once, for 10 minutes";
  static override examples = [
    "<%= config.bin %> peer-invite",
    "<%= config.bin %> peer-invite --base-url https://build.example:7777",
  ];
  static override flags = ownAddress;

  async run(): Promise<void> {
    const { flags } = await this.parse(PeerInvite);
    const body = givenOf({ base_url: flags["base-url"], display_name: flags["display-name"] });
    this.print(
      flags,
      await invitePeer(body, this.node(flags)),
      ({ code, base_url, expires_at }) =>
        `${code}\n\nOn the other machine: alink-cli peer-join <code>\nIt reaches this node at ${base_url}. The code holds a secret; it works once, until ${expires_at}.`,
    );
  }
}
