import { revokeToken } from "@aethrolink/client";
import { Args, Flags } from "@oclif/core";
import { NodeCommand } from "../base.ts";
import { idOf } from "../values.ts";

/** Revokes a token. */
export class TokenRevoke extends NodeCommand {
  static override summary = "revoke a token";
  static override examples = ["<%= config.bin %> token-revoke 01KAT3Q4V5W6X7Y8Z9A0B1C2D6"];
  static override flags = { "token-id": Flags.string({ description: "the token's id, not its text" }) };
  static override args = { token: Args.string({ description: "the token's id, not its text" }) };

  async run(): Promise<void> {
    const { flags, args } = await this.parse(TokenRevoke);
    const id = idOf("token-id", flags["token-id"], args.token);
    this.print(
      flags,
      await revokeToken(id, this.node(flags)),
      ({ name }) => `The token ${id}${name === "" ? "" : ` (${name})`} is revoked.`,
    );
  }
}
