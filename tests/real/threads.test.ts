/**
 * The real Hermes and the real OpenClaw hold a thread of six turns; their node is killed in the middle of the
 * third and started again. What a person sees of it stands in docs/threads.md, and is compared with that; with
 * WRITE_SCENE=1 it is written there.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { commandFor, hasTerminal } from "../e2e/cli/command.ts";
import type { TargetEntry } from "../programs.ts";
import { createHome, startNode } from "../support.ts";
import { inspect, turnsIn } from "../threads.ts";
import { commandLineFor } from "./command-line.ts";
import { findHermes, hermesTarget } from "./hermes.ts";
import { startModelServer } from "./model-server.ts";
import { findOpenClaw, makeOpenClawHome, startGateway } from "./openclaw.ts";
import { needRuntime } from "./runtime.ts";

const hermes = needRuntime("Hermes", findHermes);
const openclaw = needRuntime("OpenClaw", findOpenClaw);

const page = fileURLToPath(new URL("../../docs/threads.md", import.meta.url));
const scene = /(<!-- scene -->\n)([\s\S]*?)(<!-- end of scene -->)/;

/** What two agents are started by, each with a home of its own, and nothing of the user's. */
async function openTwo() {
  await using made = new AsyncDisposableStack();
  const home = made.use(createHome());
  const model = made.use(await startModelServer());
  const gateway = await makeOpenClawHome(openclaw(), { path: home.path, model });
  made.use(await startGateway(gateway));
  const agents = { hermes: hermesTarget(hermes(), { path: home.path, model }), openclaw: gateway.target };
  const workDir = join(home.path, "work");
  mkdirSync(workDir);
  const start = async () =>
    kept.use(
      await startNode({ registry: home.registry, dataDir: home.dataDir, args: ["--work-dir", workDir] }),
    );
  const kept = made.move();
  return { home, agents, start, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** The words that register an agent, which is then a target, too. */
function registrationOf(path: string, name: string, { command = [], env = {} }: TargetEntry): string[] {
  const variables = Object.entries(env).map(([variable, value]) => `${variable}=${value}`);
  return [
    ...["register", "--agent-id", name, "--state-file", join(path, `${name}.json`)],
    ...["--adapter", "acp", "--dialect", name, "--capabilities", "research.topic"],
    ...["--defaults", "initialize_timeout_ms=120000"],
    ...["--launch-command", ["env", ...variables, ...command].join(" ")],
  ];
}

const eraseLine = "\u001b[K";

/** What stays on a terminal. */
const shownOf = (raw: string) =>
  raw
    .replaceAll("\r\n", "\n")
    .split("\n")
    .map((line) => line.split(eraseLine).at(-1))
    .join("\n")
    .trimEnd();

/** Ids and times are others each time, and whether OpenClaw remembers a turn that was cut off. */
const alike = (text: string) =>
  text
    .replace("Apples. | SLOW:2000\n", "Apples.\n")
    .replaceAll(/\b[0-9A-HJKMNP-TV-Z]{26}\b/g, "ID")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
    .replaceAll(/127\.0\.0\.1:\d+/g, "GATEWAY")
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27,}/g, "SESSION");

const quoted = (word: string) => (/^[\w./:=-]+$/.test(word) ? word : `"${word}"`);

test.runIf(hasTerminal)(
  "a thread of six turns goes on after a SIGKILL in the third, and each side knows what it was told",
  async () => {
    await using two = await openTwo();
    const { dataDir } = two.home;
    const first = await two.start();
    const cli = commandFor(dataDir);
    const told: string[] = [];
    const at = async (...args: string[]) => {
      const { code, shown } = await cli.terminal(...args).end();
      const text = shownOf(shown);
      expect(code, text).toBe(0);
      told.push(`$ alink-cli ${args.map(quoted).join(" ")}\n${text}`);
      return text;
    };

    for (const [name, entry] of Object.entries(two.agents))
      await at(...registrationOf(two.home.path, name, entry));
    const created = await at("thread-create", "--agent-a-id", "hermes", "--agent-b-id", "openclaw");
    const id = /^thread +(\w{26})/.exec(created)?.[1] ?? "";
    const goOn = ["thread-continue", id, "--intent", "research.topic"];
    await at(...goOn, "--text", "The release is called Apples.", "--wait");
    await at(...goOn, "--text", "It ships in May.", "--wait");

    const third = [...goOn, "--text", "SLOW:2000"];
    await using turn = commandLineFor(dataDir).follow(...third, "--follow");
    await turn.next(
      ({ kind, data }) => kind === "task.progress" && "text" in data && data.type === "message",
    );
    await first.kill();
    told.push(
      `$ alink-cli ${third.map(quoted).join(" ")} --follow\n(the node is killed in the middle of this turn, and started again)`,
    );
    const second = await two.start();

    const seen = await at("thread-get", id);
    expect(seen).toMatch(/^status +interrupted\nwhy +the node ended in mid-turn/m);
    expect(turnsIn(await inspect(second, id))).toEqual([
      "1 hermes>openclaw completed",
      "2 openclaw>hermes completed",
      "3 hermes>openclaw failed",
    ]);
    const history = ["--text", "HISTORY", "--payload-for", "openclaw=HISTORY", "--auto", "--max-turns", "3"];
    const answers = await at(...goOn, "--sender", "hermes", ...history, "--wait");
    const [, openclawKnows = "", hermesKnows = "", last = ""] = answers.split(/^\w+ → \w+\n/m);
    // Whether a turn that was cut off belongs to it differs.
    expect(openclawKnows.trim()).toMatch(/^The release is called Apples\.( \| SLOW:2000)?$/);
    expect(hermesKnows.trim()).toBe("It ships in May.");
    expect(last.trim()).toBe("echo: It ships in May.");
    await at("thread-get", id);
    expect(turnsIn(await inspect(second, id)).slice(3)).toEqual([
      "4 hermes>openclaw completed",
      "5 openclaw>hermes completed",
      "6 hermes>openclaw completed",
    ]);
    const shorter = (text: string) =>
      text
        .replaceAll(hermes(), "hermes-acp")
        .replaceAll(openclaw(), "openclaw")
        .replaceAll(two.home.path, "/srv/demo")
        .replaceAll(/PATH=\S+ /g, "");
    compare(told.map(shorter));
  },
);

function compare(told: readonly string[]): void {
  const text = `\`\`\`text\n${told.join("\n\n")}\n\`\`\`\n`;
  const before = readFileSync(page, "utf8");
  if (process.env["WRITE_SCENE"] === "1")
    writeFileSync(
      page,
      before.replace(scene, (_, head, _old, tail) => `${head}${text}${tail}`),
    );
  const [, , kept = ""] = scene.exec(readFileSync(page, "utf8")) ?? [];
  expect(alike(text)).toBe(alike(kept));
}
