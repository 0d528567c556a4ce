/** Completion for zsh. */
import { type CommandWords, type FlagWords, quoted } from "./words.ts";

/** Characters that mean something to _arguments and _describe. */
const plain = (text: string) => text.replaceAll(/[[\]:\\]/g, "\\$&");

function flagSpec({ name, about, takesValue, repeats, values }: FlagWords): string {
  const value = values.length > 0 ? `(${values.join(" ")})` : "_files";
  const taken = takesValue ? `:${name}:${value}` : "";
  return quoted(`${repeats ? "*" : ""}--${name}${takesValue ? "=" : ""}[${plain(about)}]${taken}`);
}

function caseOf({ name, flags, values }: CommandWords): string {
  const rest = quoted(`*:argument:${values.length > 0 ? `(${values.join(" ")})` : "_files"}`);
  return `    ${name})
      _arguments ${[...flags.map(flagSpec), rest].join(" \\\n        ")} ;;
`;
}

/** The script: to be sourced, or to be found in \`fpath\`. */
export function zshCompletion(program: string, commands: readonly CommandWords[]): string {
  const own = `_${program}`;
  return `#compdef ${program}
# Completion of ${program} for zsh, written by: ${program} completion zsh
${own}() {
  local -a commands
  commands=(
${commands.map(({ name, about }) => `    ${quoted(`${plain(name)}:${plain(about)}`)}\n`).join("")}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map(caseOf).join("")}  esac
}
if [[ $funcstack[1] == ${own} ]]; then ${own} "$@"; else compdef ${own} ${program}; fi
`;
}
