/** `alink-node gc` on the files of a node that has gone, and beside one that runs. */
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { ownerName } from "#src/store/artifacts/owner.ts";
import { newId } from "#src/store/ulid.ts";
import { alinkNode } from "../alink-node.ts";
import { fixtureCommand } from "../programs.ts";
import { createHome, type Home, spawnNode, startNode, type TestNode } from "../support.ts";
import { openLeftBehind } from "./evidence.ts";

const target = () => ({ command: fixtureCommand("counting"), env: { COUNT_FILE: "/dev/null" } });
const gc = (home: Home, ...words: string[]) => alinkNode(["gc", "--data-dir", home.dataDir, ...words]);
const filesIn = (directory: string) =>
  readdirSync(directory)
    .filter((name) => name !== ownerName)
    .sort();
const files = (home: Home) => filesIn(join(home.dataDir, "artifacts"));

async function completed(node: TestNode, payload: unknown): Promise<string> {
  const { task_id } = await node.submit({ target_runtime: "agent", payload });
  expect((await node.task(task_id, 20)).status).toBe("completed");
  return task_id;
}

/** Makes a task one that ended ten days ago. */
function age(home: Home, task_id: string, as: string): void {
  const database = new Database(join(home.dataDir, "aethrolink.db"));
  database.exec("DROP TRIGGER tasks_have_ended");
  const then = new Date(Date.now() - 10 * 86_400_000).toISOString();
  database.prepare("UPDATE tasks SET task_id = ?, finished_at = ? WHERE task_id = ?").run(as, then, task_id);
  for (const table of ["task_events", "artifacts"])
    database.prepare(`UPDATE ${table} SET task_id = ? WHERE task_id = ?`).run(as, task_id);
  database.close();
}

it("forgets what is too old, removes what a crash left, and tells it before with --dry-run", async () => {
  using home = createHome({ agent: target() });
  const first = await startNode(home);
  const old = await completed(first, { padding: "x".repeat(20_000) });
  const young = await completed(first, { padding: "y".repeat(20_000) });
  const lost = await completed(first, { padding: "z".repeat(20_000) });
  const { payload_artifact_id: kept } = await first.task(young);
  const { payload_artifact_id: gone } = await first.task(lost);
  await first.stop();
  age(home, old, `00${old.slice(2)}`);
  const orphan = `00${newId().slice(2)}`;
  writeFileSync(join(home.dataDir, "artifacts", orphan), "left by a crash");
  rmSync(join(home.dataDir, "artifacts", gone ?? ""));
  const before = files(home);

  const told = await gc(home, "--keep-days", "9", "--dry-run");
  expect([told.code, told.err]).toEqual([0, ""]);
  expect(told.out.split("\n").slice(1, 4)).toEqual([
    "would forget 1 task",
    "would remove 1 file of artifacts that nothing names",
    "found 1 artifact whose file is missing",
  ]);
  expect(files(home)).toEqual(before);

  const { code, out, err } = await gc(home, "--keep-days", "9");
  expect([code, err]).toEqual([0, ""]);
  expect(out).toMatch(/^tasks are kept 9 days behind their end: since 20/);
  expect(out.split("\n").slice(1, 4)).toEqual([
    expect.stringMatching(/^forgot 1 task with \d+ events and 1 artifact, and 0 other rows$/),
    "removed 1 file of artifacts that nothing names",
    "removed 1 artifact whose file is missing",
  ]);
  expect(files(home)).toEqual([kept]);
  await using node = await startNode(home);
  expect((await node.call("GET", `/v1/tasks/${old}`)).status).toBe(404);
  expect((await node.call("GET", `/artifacts/${gone}`)).status).toBe(404);
  expect((await node.task(young)).status).toBe("completed");
});

it("keeps everything where nothing says how long, and gives free space back to the disk", async () => {
  using home = createHome({ agent: target() });
  const first = await startNode(home);
  const task_id = await completed(first, {});
  await first.stop();
  const path = join(home.dataDir, "aethrolink.db");
  const database = new Database(path);
  database.exec(
    "CREATE TABLE filler (a BLOB); INSERT INTO filler VALUES (zeroblob(5000000)); DROP TABLE filler",
  );
  database.close();
  const { out } = await gc(home);
  expect(out).toMatch(/^tasks are kept for ever, since keep_days says nothing else\nforgot 0 tasks /);
  expect(out).toMatch(/\nmade the database smaller: from [\d.]+ MB to 0\.\d MB$/);
  expect(statSync(path).size).toBeLessThan(1_000_000);
  using left = openLeftBehind(home.dataDir);
  expect([left.integrity(), [...left.statuses()]]).toEqual(["ok", [[task_id, "completed"]]]);
});

it("removes no rows where all files are somewhere else", async () => {
  using home = createHome({ agent: target() });
  const first = await startNode(home);
  await completed(first, { padding: "x".repeat(20_000) });
  await first.stop();
  const empty = join(home.path, "empty");
  mkdirSync(empty);
  for (const words of [["--dry-run"], []]) {
    const { out } = await gc(home, "--artifact-dir", empty, ...words);
    expect(out).toContain("none of 1 artifact has its file: is that the right artifact_dir?");
  }
  using left = openLeftBehind(home.dataDir);
  expect(left.rows("SELECT 1 FROM artifacts")).toHaveLength(1);
});

it("makes no artifact directory where there is none, as in a path with a mistake", async () => {
  using home = createHome();
  await (await startNode(home)).stop();
  const mistyped = join(home.path, "artefacts");
  for (const words of [["--dry-run"], []]) {
    expect(await gc(home, "--artifact-dir", mistyped, ...words)).toEqual({
      code: 65,
      out: "",
      err: `alink-node: there is no artifact directory ${mistyped}`,
    });
  }
  expect(existsSync(mistyped)).toBe(false);
});

it("takes no artifacts of another data directory for its own, nor does a start, nor a copy", async () => {
  using home = createHome({ agent: target() });
  using other = createHome();
  const shared = join(home.path, "shared");
  const sharing = ["--artifact-dir", shared];
  await using node = await startNode({ ...home, args: sharing });
  await completed(node, { padding: "x".repeat(20_000) });
  const before = filesIn(shared);
  expect(before).toHaveLength(1);
  await (await startNode(other)).stop();
  const second = await spawnNode({ ...other, args: sharing });
  const copy = join(home.path, "copy");
  const refusal = `alink-node: the artifact directory ${shared} belongs to another data directory than ${other.dataDir}`;
  expect([(await second.exited).code, second.stderr()]).toEqual([73, expect.stringContaining(refusal)]);
  for (const words of [["gc", "--dry-run"], ["gc"], ["backup", copy]]) {
    const { code, err } = await alinkNode([...words, "--data-dir", other.dataDir, ...sharing]);
    expect([code, err]).toEqual([73, expect.stringContaining(refusal)]);
  }
  expect(filesIn(shared)).toEqual(before);
  expect(existsSync(copy)).toBe(false);
  await using _alone = await startNode(other);
});

it("a copy is another data directory, also where its configuration names the artifacts of the first", async () => {
  using home = createHome({ agent: target() });
  const shared = join(home.path, "shared");
  mkdirSync(home.dataDir, { mode: 0o700 });
  writeFileSync(join(home.dataDir, "config.yaml"), `artifact_dir: ${shared}\n`);
  await using node = await startNode(home);
  await completed(node, { padding: "x".repeat(20_000) });
  const copy = join(home.path, "copy");
  expect((await alinkNode(["backup", copy, "--data-dir", home.dataDir])).code).toBe(0);
  const careless = await spawnNode({ registry: home.registry, dataDir: copy });
  expect((await careless.exited).code).toBe(73);
  const args = ["--artifact-dir", join(copy, "artifacts")];
  await using _restored = await startNode({ registry: home.registry, dataDir: copy, args });
  expect(filesIn(shared)).toEqual(filesIn(join(copy, "artifacts")));
});

it("leaves a node that runs alone, and says what to do; --dry-run tells there too", async () => {
  using home = createHome({ agent: target() });
  await using node = await startNode(home);
  await completed(node, {});
  expect(await gc(home)).toEqual({
    code: 73,
    out: "",
    err: `alink-node: another node uses ${home.dataDir}; it forgets by itself, every hour, what is older than its keep_days; to have its files made smaller, stop it first`,
  });
  expect((await gc(home, "--dry-run")).out).toContain("would forget 0 tasks");
});

it("makes no node where there is none", async () => {
  using home = createHome();
  const { code, err } = await gc(home);
  expect([code, err]).toEqual([65, expect.stringContaining("there is no database")]);
  expect(readdirSync(home.path)).toEqual(["registry.yaml"]);
});

it("a node forgets at its start what has grown too old, and says where events are gone", async () => {
  using home = createHome({ agent: target() });
  const first = await startNode(home);
  const old = await completed(first, { padding: "x".repeat(20_000) });
  await first.stop();
  const aged = `00${old.slice(2)}`;
  age(home, old, aged);
  await using node = await startNode({ ...home, args: ["--keep-days", "9"] });
  await expect.poll(() => files(home), { timeout: 20_000 }).toEqual([]);
  expect((await node.call("GET", `/v1/tasks/${aged}`)).status).toBe(404);
  expect((await node.call("GET", `/v1/tasks/${aged}/events`)).status).toBe(404);
  const answer = await node.call<{ code: string }>("GET", "/v1/events?after=1");
  expect([answer.status, answer.body.code]).toEqual([410, "position_gone"]);
});
