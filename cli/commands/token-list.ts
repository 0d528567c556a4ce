import { listTokens } from "@aethrolink/client";
import { NodeCommand } from "../base.ts";
import { tokensInWords } from "../render.ts";

/** Lists the tokens. */
export class TokenList extends NodeCommand {
  static override summary = "list the tokens that are valid";
  static override examples = ["<%= config.bin %> token-list"];

  async run(): Promise<void> {
    const { flags } = await this.parse(TokenList);
    this.print(flags, await listTokens(this.node(flags)), ({ tokens }) => tokensInWords(tokens));
  }
}
