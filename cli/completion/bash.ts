/** Completion for bash, from 3.2 on. */
import { type CommandWords, quoted } from "./words.ts";

function caseOf({ name, flags, values }: CommandWords): string {
  const known = flags
    .filter((flag) => flag.values.length > 0)
    .map((flag) => `        --${flag.name}) words=${quoted(flag.values.join(" "))}; return ;;\n`);
  const others = flags.filter((flag) => flag.takesValue && flag.values.length === 0);
  const free =
    others.length === 0 ? "" : `        ${others.map((flag) => `--${flag.name}`).join("|")}) return ;;\n`;
  return `    ${name})
      case "$before" in
${known.join("")}${free}      esac
      words=${quoted([...values, ...flags.map(({ name: flag }) => `--${flag}`)].join(" "))} ;;
`;
}

/** The script; where it knows nothing, bash completes names of files. */
export function bashCompletion(program: string, commands: readonly CommandWords[]): string {
  const own = `_${program.replaceAll("-", "_")}`;
  return `# Completion of ${program} for bash, written by: ${program} completion bash
${own}_words() {
  case "$1" in
    "") words=${quoted(commands.map(({ name }) => name).join(" "))} ;;
${commands.map(caseOf).join("")}  esac
}
${own}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" command="" words=""
  if [ "$current" = "=" ]; then current=""
  elif [ "$before" = "=" ]; then before="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  if [ "$COMP_CWORD" -gt 1 ]; then command="\${COMP_WORDS[1]}"; fi
  ${own}_words "$command"
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F ${own} ${program}
`;
}
