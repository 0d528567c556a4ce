/** What a shell can complete: the commands, their flags and arguments, as oclif knows them. */

export interface FlagWords {
  readonly name: string;
  readonly about: string;
  readonly takesValue: boolean;
  readonly repeats: boolean;
  /** The values that there are; empty: any. */
  readonly values: readonly string[];
}

export interface CommandWords {
  readonly name: string;
  readonly about: string;
  readonly flags: readonly FlagWords[];
  /** The values that its first argument may have; empty: any. */
  readonly values: readonly string[];
}

/** What is read of oclif's own description of a command. */
interface Described {
  readonly id: string;
  readonly hidden?: boolean;
  readonly summary?: string | undefined;
  readonly flags: { readonly [name: string]: DescribedFlag };
  readonly args: { readonly [name: string]: { readonly options?: readonly string[] | undefined } };
}

interface DescribedFlag {
  readonly type: string;
  readonly hidden?: boolean;
  readonly multiple?: boolean;
  readonly summary?: string | undefined;
  readonly description?: string | undefined;
  readonly options?: readonly string[] | undefined;
}

/** The words of all commands, in the order of their names. */
export function wordsOf(commands: readonly Described[]): CommandWords[] {
  return commands
    .filter(({ hidden }) => hidden !== true)
    .map(({ id, summary, flags, args }) => ({
      name: id,
      about: summary ?? "",
      flags: Object.entries(flags).flatMap(([name, flag]) =>
        flag.hidden === true ? [] : [flagOf(name, flag)],
      ),
      values: Object.values(args)[0]?.options ?? [],
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

const flagOf = (
  name: string,
  { type, multiple, summary, description, options }: DescribedFlag,
): FlagWords => ({
  name,
  about: (summary ?? description ?? "").replaceAll(/\s+/g, " "),
  takesValue: type === "option",
  repeats: multiple === true,
  values: options ?? [],
});

/** A text as one word of a POSIX shell. */
export const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
