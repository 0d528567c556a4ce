/**
 * Agents that leave processes behind, started, stopped and killed again and again; and the node killed
 * under them. ROUNDS: how many in all.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as elapsed } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { startTimeOf } from "#src/processes/os.ts";
import { tellFigures } from "../soak/figures.ts";
import { createHome, type Home, startNode, type TestNode } from "../support.ts";
import { createRandom } from "./crash-load.ts";
import { carriers, isAlive, openLeftBehind } from "./evidence.ts";

const rounds = Number(process.env["ROUNDS"] ?? 300);
const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1_000_000));
const linux = process.platform === "linux";
const breeding = fileURLToPath(new URL("../fixtures/agents/breeding.sh", import.meta.url));
const ways = ["obeys", "wraps", "ignores", "child", "setsid", "double", "hops", "execs", "slow", "all"];
const copies = 2;
const targets = ways.flatMap((way) => Array.from({ length: copies }, (_, copy) => `${way}-${copy}`));
/** What ends the rounds of one target in one life of the node. */
const endings = ["stop", "kill the agent", "kill the agent", "kill the node"] as const;
const lives = Math.ceil(rounds / (targets.length * endings.length));
/** No survivor is left after so long. */
const goneMs = 10_000;

function breedingHome(): Home & { readonly pids: string } {
  const home = createHome();
  const pids = join(home.path, "pids");
  const entries = targets.map((name) => [
    name,
    { command: ["sh", breeding, name.replace(/-.*/, "")], env: { PIDS: pids } },
  ]);
  home.setRegistry(Object.fromEntries(entries));
  return { ...home, pids };
}

/** The processes that wrote themselves down and live; a number that belongs to another by now doesn't count. */
function writtenDown(path: string): { readonly all: number; readonly living: string[] } {
  const lines = existsSync(path) ? readFileSync(path, "utf8").trim().split("\n") : [];
  const living = lines.filter((line) => {
    const [pid = "", started] = line.split(" ");
    return isAlive(Number(pid)) && startTimeOf(Number(pid))?.split(" ")[1] === started;
  });
  return { all: new Set(lines).size, living };
}

async function started(node: TestNode, target: string): Promise<number> {
  const answer = await node.call<{ process_id: number }>("POST", `/v1/runtimes/${target}/start`);
  expect(answer.status, `${target}: ${JSON.stringify(answer.body)}`).toBe(202);
  return answer.body.process_id;
}

async function stateOf(node: TestNode, target: string): Promise<string> {
  const path = `/v1/runtimes/${target}/health`;
  return (await node.call<{ details: { state: string } }>("GET", path)).body.details.state;
}

/** All rounds of a target; the last is for the node to end. */
async function live(node: TestNode, target: string): Promise<void> {
  for (const ending of endings) {
    const pid = await started(node, target);
    if (ending === "stop") await node.call("POST", `/v1/runtimes/${target}/stop`);
    if (ending === "kill the agent") {
      process.kill(pid, "SIGKILL");
      await expect.poll(() => stateOf(node, target), { timeout: goneMs, interval: 20 }).toBe("down");
    }
  }
}

async function expectNothingLeft(home: Home & { readonly pids: string }): Promise<void> {
  using left = openLeftBehind(home.dataDir);
  const launchIds = left.launchIds();
  const survivors = () => ({ carriers: carriers(launchIds), living: writtenDown(home.pids).living });
  await expect.poll(survivors, { timeout: goneMs }).toEqual({ carriers: [], living: [] });
}

describe.runIf(linux)("agents that leave processes behind", () => {
  test(`leave none in ${rounds} rounds of starts, stops, and kills of themselves and of the node`, {
    timeout: 60_000 + rounds * 1000,
  }, async () => {
    using home = breedingHome();
    const random = createRandom(seed);
    for (let life = 0; life < lives; life++) {
      await using node = await startNode({ ...home, args: ["--log-level", "error"] });
      if (life > 0) await expectNothingLeft(home);
      await Promise.all(targets.map((target) => live(node, target)));
      // In every second life the last starts are cut somewhere between their row and their readiness.
      const starts = life % 2 === 0 ? [] : targets.map((target) => startAgain(node, target));
      if (starts.length > 0) await elapsed(random() * 300);
      await node.kill();
      await Promise.all(starts);
    }
    await using last = await startNode(home);
    await expectNothingLeft(home);
    await last.stop();
    using left = openLeftBehind(home.dataDir);
    const [launches] = left.rows<{ n: number; open: number }>(
      "SELECT count(*) AS n, sum(ended_at IS NULL) AS open FROM launch_history",
    );
    expect(launches?.n).toBeGreaterThanOrEqual(rounds);
    expect(launches?.open).toBe(0);
    const processes = writtenDown(home.pids).all;
    tellFigures("G8", { rounds: launches?.n ?? 0, lives, processes, survivors: 0 });
    console.log(
      `processes: ${launches?.n} launches in ${lives} lives, ${processes} processes seen, seed ${seed}`,
    );
  });

  test("of an earlier life are ended, and a stranger that has a recorded number is not touched", async () => {
    using home = breedingHome();
    await using first = await startNode(home);
    await started(first, "all-0");
    await first.kill();
    const stranger = spawn("sleep", ["120"], { stdio: "ignore", detached: true });
    await once(stranger, "spawn");
    const pid = stranger.pid ?? 0;
    const forged = ["forged-with-another-start", "forged-without-one"];
    using database = openToWrite(home.dataDir);
    forged.forEach((id, each) => void database.insert(id, pid, each === 0 ? `${startTimeOf(pid)}0` : null));

    await using second = await startNode(home);
    await expectNothingLeft(home);
    expect(startTimeOf(pid)).not.toBeNull();
    await second.stop();
    using left = openLeftBehind(home.dataDir);
    expect(left.rows("SELECT launch_id FROM launch_history WHERE ended_at IS NULL")).toEqual([]);
    expect(left.launchIds()).toEqual(expect.arrayContaining(forged));
    stranger.kill("SIGKILL");
    await once(stranger, "exit");
  });
});

/** Kills an agent that is up and starts it once more; the node may be killed in between. */
async function startAgain(node: TestNode, target: string): Promise<void> {
  const up = await started(node, target).catch(() => undefined);
  if (up === undefined) return;
  process.kill(up, "SIGKILL");
  await started(node, target).catch(() => undefined);
}

function openToWrite(dataDir: string) {
  const database = new Database(join(dataDir, "aethrolink.db"));
  const statement = database.prepare(
    `INSERT INTO launch_history (launch_id, runtime_id, subcontext_key, command, pid, started_at_os, status, started_at)
     VALUES (?, 'obeys-0', 'default', '["sleep","120"]', ?, ?, 'ready', '2026-11-23T09:00:00.000Z')`,
  );
  return {
    insert: (launch_id: string, pid: number, startedAt: string | null) =>
      statement.run(launch_id, pid, startedAt),
    [Symbol.dispose]: () => void database.close(),
  };
}
