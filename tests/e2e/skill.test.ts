/** The skill: what agents look for in it, each of its commands run as an agent runs it, and where it is installed. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { commands } from "../../cli/cli.ts";
import { fakeCommand } from "../programs.ts";
import { createHome, eventOf, startNode } from "../support.ts";
import { commandFor } from "./cli/command.ts";
import { blocksOf, runSteps, type Step } from "./page.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const directory = join(root, "skills/alink-agent");
const textOf = (path: string) => readFileSync(join(directory, path), "utf8");
const skill = textOf("SKILL.md");
const reference = textOf("references/commands.md");

const stepsOf = (page: string): Step[] =>
  blocksOf(page).map(({ text, printed }) => ({ commands: text, printed }));

/** Two targets as the pages have them, and an agent that is at work. */
async function openPlace() {
  await using made = new AsyncDisposableStack();
  const offering = async (...capabilities: string[]) => ({
    command: await fakeCommand(),
    more: { capabilities },
  });
  const home = made.use(
    createHome({
      research: await offering("research.topic"),
      critic: await offering("text.review"),
    }),
  );
  const dataDir = join(home.path, ".aethrolink");
  const node = made.use(await startNode({ registry: home.registry, dataDir }));
  const place = {
    home: home.path,
    cwd: home.path,
    path: [join(root, "node_modules/.bin"), process.env["PATH"]].join(delimiter),
    atTerminal: false,
    why: node.stderr,
  };
  const kept = made.move();
  return { node, place, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

describe("the skill", () => {
  it("begins with what agents choose it by", () => {
    const [, front = ""] = /^---\n([\s\S]*?)\n---\n/.exec(skill) ?? [];
    const { name, description, ...rest } = parse(front) as { name: string; description: string };
    expect({ name, rest }).toEqual({ name: "alink-agent", rest: {} });
    expect(description).toMatch(/^Use .* Use it when /);
    expect(description.length).toBeLessThanOrEqual(1024);
  });

  it("can be read in one go", () => {
    expect(skill.split("\n").length).toBeLessThan(200);
    expect(skill.length).toBeLessThan(9000);
  });

  it("has commands that print what it says", async () => {
    await using open = await openPlace();
    runSteps(stepsOf(skill), open.place);
  });

  it("has a reference whose commands work", async () => {
    await using open = await openPlace();
    const payload = { mode: "silent" };
    const { task_id } = await open.node.submit({ target_runtime: "critic", intent: "text.review", payload });
    await eventOf(open.node, task_id, "task.running");
    const given = { commands: `PARENT=${task_id} TASK=${task_id}`, printed: undefined };
    const steps = stepsOf(reference).map((step) =>
      step.commands.includes("task-events") ? { ...step, commands: followed(step.commands) } : step,
    );
    runSteps([given, ...steps], open.place);
    const { body } = await open.node.call<{ tasks: object[] }>("GET", `/v1/tasks?parent_task_id=${task_id}`);
    expect(body.tasks).toHaveLength(1);
  });

  it.each([
    ["SKILL.md", skill],
    ["references/commands.md", reference],
  ])("%s names no command and no flag that there isn't", (_, page) => {
    const lines = codeIn(page).flatMap((code) => [
      ...code.matchAll(/alink-cli ([a-z]+(?:-[a-z]+)*)([^\n|]*)/g),
    ]);
    expect(lines.length).toBeGreaterThan(10);
    for (const [line, name = "", rest = ""] of lines) {
      const known = flagsOf.get(name);
      expect(known, line).toBeDefined();
      const flags = [...rest.matchAll(/ --([a-z-]+)/g)].map(([, flag]) => flag);
      expect(known, line).toEqual(expect.arrayContaining(flags));
    }
  });
});

/** What stands on a page as code. */
const codeIn = (page: string) =>
  [...page.matchAll(/^```sh\n([\s\S]*?)^```$|`([^`\n]+)`/gm)].map(([, block, word]) => block ?? word ?? "");

/** The flags of each command, by their names and other names. */
const flagsOf: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(commands).map(([name, { baseFlags, flags }]) => [
    name,
    Object.keys({ ...baseFlags, ...flags, help: true }),
  ]),
);

/** The events of a task that goes on would be followed to its end: of one that has ended they are all there. */
const followed = (text: string) =>
  text.replace(
    'task-events "$TASK"',
    'task-events "$(alink-cli call --intent research.topic --text x --wait-for 45s --json | cut -d\'"\' -f4)"',
  );

describe("alink-cli skill", () => {
  const cli = commandFor("/nowhere");
  const made = () => {
    const path = mkdtempSync(join(tmpdir(), "aethrolink-skill-"));
    return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
  };

  it("prints the skill, or its reference, and asks no node", async () => {
    expect(await cli.run(["skill"])).toEqual({ code: 0, out: skill.trimEnd(), err: "" });
    expect(await cli.run(["skill", "--reference"])).toEqual({ code: 0, out: reference.trimEnd(), err: "" });
  });

  it("puts it where an agent looks, and says so when it is there already", async () => {
    using place = made();
    const skills = join(place.path, "of-an-agent", "skills");
    const { code, out } = await cli.run(["skill", "--install", skills]);
    expect({ code, out }).toEqual({ code: 0, out: `Wrote ${join(skills, "alink-agent")}.` });
    const files = readdirSync(skills, { recursive: true, encoding: "utf8" }).filter((path) =>
      /md$/.test(path),
    );
    expect(files.sort()).toEqual(["alink-agent/SKILL.md", "alink-agent/references/commands.md"]);
    expect(readFileSync(join(skills, "alink-agent/SKILL.md"), "utf8")).toBe(skill);
    expect((await cli.run(["skill", "--install", skills])).out).toContain("is there already");
  });

  it("replaces what says something else only if it is told to", async () => {
    using place = made();
    const file = join(place.path, "alink-agent/SKILL.md");
    mkdirSync(join(place.path, "alink-agent"));
    writeFileSync(file, "my own words");
    const { code, err } = await cli.run(["skill", "--install", place.path]);
    expect({ code, err }).toEqual({ code: 5, err: expect.stringContaining(`${file} is there already`) });
    expect(readdirSync(join(place.path, "alink-agent"))).toEqual(["SKILL.md"]);
    expect(readFileSync(file, "utf8")).toBe("my own words");
    expect((await cli.run(["skill", "--install", place.path, "--force"])).code).toBe(0);
    expect(readFileSync(file, "utf8")).toBe(skill);
  });
});
