/** The pages of `--help`, and of the reference that is made of them. */
import { type Command, Help } from "@oclif/core";

type AllFlags = Command.Loadable["flags"];

/**
 * oclif's pages, with usages that can be read: oclif can't write one for a flag that two others exclude,
 * which are no pair themselves.
 */
export class ReadableHelp extends Help {
  protected override getCommandHelpClass(command: Command.Loadable) {
    return super.getCommandHelpClass({ ...command, flags: inGroups(command.flags) });
  }
}

/** The same flags, of which only the first of each group names others; what needs others says so in words. */
function inGroups(flags: AllFlags): AllFlags {
  const groups = groupsOf(flags);
  return Object.fromEntries(
    Object.entries(flags).map(([name, { exclusive: _, dependsOn: __, ...flag }]) => {
      const others = groups.find(([first]) => first === name)?.slice(1) ?? [];
      return [name, others.length === 0 ? flag : { ...flag, exclusive: others }];
    }),
  );
}

/** Names of flags, each in one group; all of a group exclude each other. */
function groupsOf(flags: AllFlags): string[][] {
  const excludes = (a: string, b: string) => flags[a]?.exclusive?.includes(b) === true;
  const groups: string[][] = [];
  for (const name of Object.keys(flags)) {
    const group = groups.find((members) =>
      members.every((member) => excludes(name, member) || excludes(member, name)),
    );
    if (group === undefined) groups.push([name]);
    else group.push(name);
  }
  return groups;
}
