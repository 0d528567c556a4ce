import { Args } from "@oclif/core";
import { NodeCommand } from "../base.ts";
import { bashCompletion } from "../completion/bash.ts";
import { fishCompletion } from "../completion/fish.ts";
import { wordsOf } from "../completion/words.ts";
import { zshCompletion } from "../completion/zsh.ts";

const shells = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };
type Shell = keyof typeof shells;

/** Prints a script that completes commands and flags. */
export class Completion extends NodeCommand {
  static override summary = "print a script that completes commands and flags";
  static override description =
    "The script is made of the commands of this version: print it again after an update. It asks no node.";
  static override examples = [
    "<%= config.bin %> completion bash > ~/.local/share/bash-completion/completions/alink-cli",
    "<%= config.bin %> completion zsh > ~/.zfunc/_alink-cli",
    "<%= config.bin %> completion fish > ~/.config/fish/completions/alink-cli.fish",
  ];
  static override baseFlags = {} as typeof NodeCommand.baseFlags;
  static override args = {
    shell: Args.string({ description: "which shell", options: Object.keys(shells), required: true }),
  };

  async run(): Promise<void> {
    const { args } = await this.parse(Completion);
    process.stdout.write(shells[args.shell as Shell](this.config.bin, wordsOf(this.config.commands)));
  }
}
