import { createToken, type TokenCreateRequest } from "@aethrolink/client";
import { Flags } from "@oclif/core";
import { NodeCommand } from "../base.ts";

/** Makes a token. */
export class TokenCreate extends NodeCommand {
  static override summary = "make a token; its text is shown this once";
  static override examples = [
    "<%= config.bin %> token-create --role reader --name dashboard",
    "<%= config.bin %> token-create --role agent:editor",
  ];
  static override flags = {
    role: Flags.string({
      description: "operator: everything; reader: read only; agent:<id>: what that agent sends and is sent",
      required: true,
    }),
    name: Flags.string({ description: "what it is for" }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(TokenCreate);
    const request: TokenCreateRequest = {
      role: flags.role,
      ...(flags.name === undefined ? {} : { name: flags.name }),
    };
    this.print(
      flags,
      await createToken(request, this.node(flags)),
      ({ token, record }) =>
        `${token}\n\nThis token of the role ${record.role} is shown this once. Revoke it with: alink-cli token-revoke ${record.token_id}`,
    );
  }
}
