import { exitCodes } from "@aethrolink/client";
import { Flags } from "@oclif/core";
import { NodeCommand } from "../base.ts";
import { expandHome } from "../connection.ts";
import { printable } from "../render.ts";
import { type Installed, installSkill, skillPages } from "../skill.ts";

/** Prints the skill for agents, or puts it where they look for it. */
export class Skill extends NodeCommand {
  static override summary = "print the skill that tells an agent how to use alink-cli, or install it";
  static override description =
    "A skill is a directory with a SKILL.md, which agents read when they need it. Each agent looks in a directory of its own: Claude Code in ~/.claude/skills, Hermes in ~/.hermes/skills. It asks no node; install it again after an update.";
  static override examples = [
    "<%= config.bin %> skill",
    "<%= config.bin %> skill --reference",
    "<%= config.bin %> skill --install ~/.hermes/skills",
  ];
  static override baseFlags = {} as typeof NodeCommand.baseFlags;
  static override flags = {
    reference: Flags.boolean({
      description: "print its reference, with all that SKILL.md leaves out",
      exclusive: ["install"],
    }),
    install: Flags.string({ description: "the directory of skills that it is put into, as alink-agent" }),
    force: Flags.boolean({
      description: "with --install: replace another version that is there",
      dependsOn: ["install"],
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Skill);
    const pages = skillPages(this.config.root);
    if (flags.install !== undefined) {
      this.tell(installSkill(pages, expandHome(flags.install), flags.force));
      return;
    }
    const shown = pages.filter(({ path }) => (path === "SKILL.md") !== (flags.reference === true));
    process.stdout.write(shown.map(({ text }) => text).join("\n"));
  }

  private tell({ kind, path }: Installed): void {
    if (kind === "another is there") {
      process.stderr.write(
        `alink-cli: ${printable(path)} is there already and says something else; replace it with --force\n`,
      );
      this.exit(exitCodes.conflict);
    }
    this.log(
      printable(kind === "written" ? `Wrote ${path}.` : `${path} is there already, as this version has it.`),
    );
  }
}
