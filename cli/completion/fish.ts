/** Completion for fish. */
import type { CommandWords } from "./words.ts";

const quoted = (text: string) => `'${text.replaceAll(/[\\']/g, "\\$&")}'`;

/** The script. */
export function fishCompletion(program: string, commands: readonly CommandWords[]): string {
  const lines = commands.flatMap(({ name, about, flags, values }) => {
    const inside = `complete -c ${program} -n ${quoted(`__fish_seen_subcommand_from ${name}`)}`;
    return [
      `complete -c ${program} -n __fish_use_subcommand -f -a ${name} -d ${quoted(about)}`,
      ...(values.length > 0 ? [`${inside} -f -a ${quoted(values.join(" "))}`] : []),
      ...flags.map((flag) => {
        const value = flag.values.length > 0 ? ` -x -a ${quoted(flag.values.join(" "))}` : " -r";
        return `${inside} -l ${flag.name} -d ${quoted(flag.about)}${flag.takesValue ? value : ""}`;
      }),
    ];
  });
  return `# Completion of ${program} for fish, written by: ${program} completion fish
${lines.join("\n")}
`;
}
