/** Copies of a node that works: whole, of one moment, and good to start on. SEED: which load. */
import { createHash } from "node:crypto";
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { alinkNode } from "../alink-node.ts";
import { fixtureCommand } from "../programs.ts";
import { createHome, startNode } from "../support.ts";
import { createCurrent, createRandom, startLoad } from "./crash-load.ts";
import { openLeftBehind } from "./evidence.ts";

const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1_000_000));
const writers = 8;
const rounds = 3;

const openTo = (path: string) => (statSync(path).mode & 0o077) !== 0;

/** Each artifact that the copy's rows name, held against its file. */
function wrongArtifacts(dataDir: string): string[] {
  using copy = openLeftBehind(dataDir);
  return copy
    .rows<{ artifact_id: string; sha256: string }>("SELECT artifact_id, sha256 FROM artifacts")
    .filter(({ artifact_id, sha256 }) => {
      const path = join(dataDir, "artifacts", artifact_id);
      return !existsSync(path) || createHash("sha256").update(readFileSync(path)).digest("hex") !== sha256;
    })
    .map(({ artifact_id }) => artifact_id);
}

it(`a copy made under ${writers} writers is whole, and a node starts on it (SEED=${seed})`, async () => {
  using home = createHome({
    wide: {
      command: fixtureCommand("counting"),
      env: { COUNT_FILE: "/dev/null" },
      more: { sticky_mode: "none" },
    },
  });
  const current = createCurrent();
  await using node = await startNode({ dataDir: home.dataDir, registry: home.registry });
  current.set(node);
  writeFileSync(join(home.dataDir, "config.yaml"), "port: 0\n");
  chmodSync(join(home.dataDir, "config.yaml"), 0o644);
  const load = startLoad({ node: current, random: createRandom(seed), writers, targets: ["wide"] });
  const promised: string[][] = [];
  for (let round = 0; round < rounds; round++) {
    const before = load.acknowledged.size;
    while (load.acknowledged.size < before + 150) await new Promise((resolve) => setImmediate(resolve));
    promised.push([...load.acknowledged.keys()]);
    const copy = join(home.path, `copy-${round}`);
    const { code, out, err } = await alinkNode(["backup", copy, "--data-dir", home.dataDir]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain(`alink-node --data-dir ${copy}`);
  }
  await load.stop();

  for (const [round, ids] of promised.entries()) {
    const copy = join(home.path, `copy-${round}`);
    using left = openLeftBehind(copy);
    expect({ integrity: left.integrity(), gaps: left.gaps() }).toEqual({ integrity: "ok", gaps: [] });
    const there = left.statuses();
    expect(ids.filter((id) => !there.has(id))).toEqual([]);
    expect(wrongArtifacts(copy)).toEqual([]);
    const names = readdirSync(copy);
    expect(names.sort()).toEqual(["aethrolink.db", "artifacts", "config.yaml", "node.key", "operator.token"]);
    expect([".", ...names].filter((name) => openTo(join(copy, name)))).toEqual([]);
  }

  const copy = join(home.path, "copy-0");
  await using restored = await startNode({ dataDir: copy, registry: home.registry });
  expect(restored.token).toBe(node.token);
  for (const id of promised[0] ?? []) {
    const task = await restored.task(id, 20);
    const events = await restored.history(id);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, n) => n + 1));
    expect(["completed", "failed"]).toContain(task.status);
  }
});

it("a copy of a stopped node is the same, and can be put back in its place", async () => {
  using home = createHome({
    wide: { command: fixtureCommand("counting"), env: { COUNT_FILE: "/dev/null" } },
  });
  const options = { dataDir: home.dataDir, registry: home.registry };
  const first = await startNode(options);
  const { task_id } = await first.submit({
    target_runtime: "wide",
    payload: { padding: "x".repeat(20_000) },
  });
  const before = await first.task(task_id, 20);
  await first.stop();
  const copy = join(home.path, "copy");
  const { code, out } = await alinkNode(["backup", copy, "--data-dir", home.dataDir]);
  expect([code, out.split("\n")[0]]).toEqual([
    0,
    `copied to ${copy}: 1 task, 1 artifact, node.key, operator.token`,
  ]);
  const place = join(home.path, "elsewhere");
  cpSync(copy, place, { recursive: true });
  chmodSync(place, 0o700);
  await using restored = await startNode({ ...options, dataDir: place });
  expect(await restored.task(task_id)).toEqual(before);
  const payload = await restored.call("GET", `/artifacts/${before.payload_artifact_id}`);
  expect(payload.body).toEqual({ padding: "x".repeat(20_000) });
});

it("a place that isn't empty, or a node that isn't there, is refused in one line", async () => {
  using home = createHome();
  const dataDir = ["--data-dir", home.dataDir];
  expect(await alinkNode(["backup", join(home.path, "copy"), ...dataDir])).toEqual({
    code: 65,
    out: "",
    err: `alink-node: there is no database ${join(home.dataDir, "aethrolink.db")}`,
  });
  await (await startNode(home)).stop();
  expect(await alinkNode(["backup", home.path, ...dataDir])).toEqual({
    code: 73,
    out: "",
    err: `alink-node: ${home.path} is there already, and isn't empty`,
  });
  expect((await alinkNode(["backup", ...dataDir])).err).toContain("backup needs a directory for the copy");
  expect((await alinkNode(["backup", "a", "b", ...dataDir])).err).toContain('what to do with "b"');
  expect(readdirSync(home.path).sort()).toEqual(["data", "registry.yaml"]);
});
