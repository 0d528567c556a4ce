/**
 * A node that is killed again and again under load. KILLS, SEED: how often, and which random moments.
 * Many kills are several campaigns, each with files of its own, two of them at a time.
 */
import { join } from "node:path";
import { setTimeout as elapsed } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { TaskEvent } from "#contracts/events.ts";
import { fixtureCommand, type TargetEntry } from "../programs.ts";
import { tellFigures } from "../soak/figures.ts";
import { createHome, type StartOptions, spawnNode, startNode, type TestNode } from "../support.ts";
import { type CurrentNode, createCurrent, createRandom, type Load, startLoad } from "./crash-load.ts";
import { carriers, type LeftBehind, openLeftBehind, prompts } from "./evidence.ts";

const kills = Number(process.env["KILLS"] ?? 50);
const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1_000_000));
const writers = 8;
/** The files of a campaign stay small, so that looking at them after each kill takes no time. */
const killsOfCampaign = 100;
const ended = new Set(["completed", "failed", "cancelled"]);
/** A kill comes within so long of the moment from which it is counted. */
const aliveMs = 700;
const startingMs = 350;

interface Campaign {
  readonly options: StartOptions;
  readonly node: CurrentNode;
  readonly load: Load;
  readonly random: () => number;
  /** Launch ids of lives that are over. */
  earlier: string[];
  killedWhileStarting: number;
}

function targetsOf(countFile: string): { readonly [name: string]: TargetEntry } {
  const env = { COUNT_FILE: countFile };
  const more = { sticky_mode: "none" };
  return {
    lanes: { command: fixtureCommand("counting", "--stay"), env },
    wide: { command: fixtureCommand("counting"), env, more },
    narrow: { command: fixtureCommand("counting"), env, more: { ...more, max_concurrency: 3 } },
  };
}

/** One life: up, children of earlier lives gone, killed at a random moment. */
async function liveAndDie(campaign: Campaign): Promise<void> {
  const { options, node, random } = campaign;
  if (random() < 0.2) {
    campaign.killedWhileStarting++;
    const starting = await spawnNode(options);
    await elapsed(random() * startingMs);
    starting.process.kill("SIGKILL");
    await starting.exited;
  } else {
    await using life = await startNode(options);
    expect(carriers(campaign.earlier)).toEqual([]);
    node.set(life);
    await elapsed(random() * aliveMs);
    node.set(undefined);
    await life.kill();
  }
  inspect(campaign);
}

/** What must hold after each kill. */
function inspect(campaign: Campaign): void {
  using left = openLeftBehind(campaign.options.dataDir);
  expect(left.integrity()).toBe("ok");
  expect(left.gaps()).toEqual([]);
  const kept = left.statuses();
  expect([...campaign.load.acknowledged.keys()].filter((id) => !kept.has(id))).toEqual([]);
  campaign.earlier = left.launchIds();
}

async function allEnded(node: TestNode, ids: Iterable<string>): Promise<void> {
  for (const id of ids) expect(ended.has((await node.task(id, 30)).status), id).toBe(true);
}

/** The log's events are the truth that all readers saw, each once and in order. */
async function readersSawTheLog(node: TestNode, seen: ReadonlyMap<string, TaskEvent[]>): Promise<number> {
  let events = 0;
  for (const [task_id, those] of seen) {
    events += those.length;
    expect(those, task_id).toEqual(await node.history(task_id));
  }
  return events;
}

/** Each task that completed was handed over once, and none twice. */
function handedOverAtMostOnce(left: LeftBehind, countFile: string): void {
  const counts = prompts(countFile);
  expect([...counts].filter(([, count]) => count > 1)).toEqual([]);
  const completed = [...left.statuses()].filter(([, status]) => status === "completed");
  expect(completed.filter(([task_id]) => counts.get(task_id) !== 1)).toEqual([]);
}

/** How the tasks ended; a key made one task, however often it was sent. */
function outcomesOf(left: LeftBehind): { [outcome: string]: number } {
  const [keys] = left.rows<{ tasks: number; numbers: number }>(
    "SELECT count(*) AS tasks, count(DISTINCT json_extract(metadata, '$.number')) AS numbers FROM tasks",
  );
  expect(keys?.numbers).toBe(keys?.tasks);
  const rows = left.rows<{ outcome: string; tasks: number }>(
    "SELECT coalesce(json_extract(last_error, '$.reason'), status) AS outcome, count(*) AS tasks FROM tasks GROUP BY 1",
  );
  return Object.fromEntries(rows.map(({ outcome, tasks }) => [outcome, tasks]));
}

interface Outcome {
  readonly killedWhileStarting: number;
  readonly acknowledged: number;
  readonly completed: number;
  readonly interrupted: number;
  readonly events: number;
  readonly reconnects: number;
}

/** Kills one node so many times, and looks at what it promised in all its lives. */
async function campaignOf(kills: number, seed: number): Promise<Outcome> {
  using home = createHome();
  const countFile = join(home.path, "count");
  home.setRegistry(targetsOf(countFile));
  const options = { ...home, args: ["--log-level", "warn"] };
  await (await startNode(options)).stop();
  const random = createRandom(seed);
  const node = createCurrent();
  const load = startLoad({ node, random, writers, targets: ["lanes", "wide", "narrow"] });
  const campaign: Campaign = { options, node, load, random, earlier: [], killedWhileStarting: 0 };
  for (let kill = 0; kill < kills; kill++) await liveAndDie(campaign);

  await using last = await startNode(options);
  node.set(last);
  await load.stop();
  await allEnded(last, load.acknowledged.keys());
  const events = await readersSawTheLog(last, load.seen);
  await last.stop();

  inspect(campaign);
  expect(carriers(campaign.earlier)).toEqual([]);
  using left = openLeftBehind(home.dataDir);
  handedOverAtMostOnce(left, countFile);
  const { completed = 0, interrupted = 0, ...others } = outcomesOf(left);
  expect(others).toEqual({});
  const { killedWhileStarting } = campaign;
  const acknowledged = load.acknowledged.size;
  return { killedWhileStarting, acknowledged, completed, interrupted, events, reconnects: load.reconnects() };
}

/** Sums of all campaigns. */
const summed = (outcomes: readonly Outcome[]) => (name: keyof Outcome) =>
  outcomes.reduce((sum, outcome) => sum + outcome[name], 0);

describe("a node that is killed at random moments under load", () => {
  test("loses nothing that it promised, hands nothing over twice, and leaves nothing behind", {
    timeout: 60_000 + kills * 3000,
  }, async () => {
    const outcomes: Outcome[] = [];
    let done = 0;
    const lane = async () => {
      while (done < kills) {
        const mine = Math.min(killsOfCampaign, kills - done);
        done += mine;
        outcomes.push(await campaignOf(mine, seed + done));
      }
    };
    await Promise.all([lane(), lane()]);
    const of = summed(outcomes);
    tellFigures("G1", { kills, writers, lost: 0, acknowledged: of("acknowledged"), events: of("events") });
    console.log(
      `${kills} kills (${of("killedWhileStarting")} while starting), seed ${seed}: ${of("acknowledged")} tasks acknowledged, ` +
        `${of("completed")} completed, ${of("interrupted")} interrupted, ${of("events")} events seen, ${of("reconnects")} streams taken up again`,
    );
  });
});
