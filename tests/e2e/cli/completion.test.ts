/** What a shell completes, asked of the shell itself. */
import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { commands } from "../../../cli/cli.ts";
import { commandFor } from "./command.ts";

const cli = commandFor("/nowhere");
const scriptOf = async (shell: string) => {
  const { code, out, err } = await cli.run(["completion", shell]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return out;
};
const has = (shell: string) => spawnSync(shell, ["--version"]).status === 0;

/** What bash offers for the last of these words; the words are split as bash does it. */
function offered(script: string, ...words: string[]): string[] {
  const ask = `${script}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}
_alink_cli; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { status, stdout, stderr } = spawnSync("bash", ["--norc", "-c", ask], { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout.split("\n").filter((line) => line !== "");
}

it("bash completes the commands, their flags, and the values that there are", async () => {
  const script = await scriptOf("bash");
  expect(offered(script, "alink-cli", "").sort()).toEqual(Object.keys(commands).sort());
  expect(offered(script, "alink-cli", "task-r").sort()).toEqual(["task-result", "task-resume"]);
  expect(offered(script, "alink-cli", "call", "--te").sort()).toEqual(["--text", "--text-file"]);
  const launches = ["pending_launch", "launching"];
  expect(offered(script, "alink-cli", "task-list", "--status", "")).toEqual(expect.arrayContaining(launches));
  expect(offered(script, "alink-cli", "task-list", "--status", "=", "fa")).toEqual(["failed"]);
  expect(offered(script, "alink-cli", "task-list", "--status", "=")).toEqual(
    expect.arrayContaining(launches),
  );
  expect(offered(script, "alink-cli", "completion", "z")).toEqual(["zsh"]);
  expect(offered(script, "alink-cli", "call", "--text", "")).toEqual([]);
  expect(offered(script, "alink-cli", "no-such-command", "")).toEqual([]);
});

it("bash completes names of files where nothing else is known", async () => {
  const ask = `${await scriptOf("bash")}\ncomplete -p alink-cli`;
  const { stdout } = spawnSync("bash", ["--norc", "-c", ask], { encoding: "utf8" });
  expect(stdout).toBe("complete -o default -F _alink_cli alink-cli\n");
});

it("the scripts for zsh and fish name every command and every flag of it", async () => {
  for (const shell of ["zsh", "fish"]) {
    const script = await scriptOf(shell);
    for (const [name, command] of Object.entries(commands)) {
      expect(script).toMatch(new RegExp(`(^| )'?${name}[:) ]`, "m"));
      for (const flag of Object.keys(command.flags ?? {})) {
        expect(script).toMatch(shell === "zsh" ? new RegExp(`--${flag}[=[]`) : new RegExp(`-l ${flag} `));
      }
    }
  }
});

it.each(["zsh", "fish"].filter(has))("%s reads its script without a complaint", async (shell) => {
  const script = await scriptOf(shell);
  const { status, stderr } = spawnSync(shell, ["-n"], { input: script, encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

it("a shell that isn't known is refused with those that are", async () => {
  const { code, err } = await cli.run(["completion", "tcsh"]);
  expect(code).toBe(2);
  expect(err).toMatch(/bash.*zsh.*fish/);
});
