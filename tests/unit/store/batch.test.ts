import Database from "better-sqlite3";
import { beforeEach, expect, it } from "vitest";
import { type Batch, openBatch } from "#src/store/batch.ts";

let sqlite: Database.Database;
let batch: Batch;

beforeEach(() => {
  sqlite = new Database(":memory:");
  sqlite.exec("CREATE TABLE kept (name TEXT PRIMARY KEY)");
  batch = openBatch(sqlite);
  return () => void sqlite.close();
});

const write = (name: string) => () => void sqlite.prepare("INSERT INTO kept VALUES (?)").run(name);
const kept = () => sqlite.prepare("SELECT name FROM kept ORDER BY name").pluck().all();

it("commits what was added in a turn once", async () => {
  await Promise.all([batch.add("a", write("1")), batch.add("b", write("2")), batch.add("a", write("3"))]);
  expect(kept()).toEqual(["1", "2", "3"]);
  expect(batch.commits()).toBe(1);
});

it("settles nothing before it is kept", async () => {
  const order: string[] = [];
  const promise = batch
    .add("a", write("1"), { kept: () => order.push("kept") })
    .then(() => order.push("settled"));
  expect(kept()).toEqual([]);
  await promise;
  expect(order).toEqual(["kept", "settled"]);
});

it("a bad member fails alone, and what belongs to it with it", async () => {
  const lost: string[] = [];
  const bad = batch.add("bad", write("2"), { lost: () => lost.push("bad") });
  batch.add("bad", () => {
    throw new Error("disk full");
  });
  const good = batch.add("good", write("1"));
  await expect(bad).rejects.toThrow("disk full");
  await expect(good).resolves.toBeUndefined();
  expect(kept()).toEqual(["1"]);
  expect(lost).toEqual(["bad"]);
});

it("goes on after a failed commit", async () => {
  await batch.add("a", write("1"));
  await expect(batch.add("a", write("1"))).rejects.toThrow(/UNIQUE/);
  await batch.add("a", write("2"));
  expect(kept()).toEqual(["1", "2"]);
});

it("what is added while a commit is told belongs to the next one", async () => {
  let later: Promise<void> | undefined;
  await batch.add("a", write("1"), { kept: () => (later = batch.add("a", write("2"))) });
  expect(kept()).toEqual(["1"]);
  await later;
  expect(kept()).toEqual(["1", "2"]);
});

it("commits what was added when it is closed, and nothing afterwards", async () => {
  const added = batch.add("a", write("1"));
  batch.close();
  await added;
  await expect(batch.add("b", write("2"))).rejects.toThrow("closed");
  expect(kept()).toEqual(["1"]);
});

it("a write that ends the transaction itself is lost alone", async () => {
  await batch.add("a", write("1"));
  const good = batch.add("good", write("2"));
  const bad = batch.add("bad", () => void sqlite.exec("INSERT OR ROLLBACK INTO kept VALUES ('1')"));
  await expect(bad).rejects.toThrow(/UNIQUE/);
  await good;
  expect(kept()).toEqual(["1", "2"]);
});

it("tells that a turn is over once it is committed, whatever was asked first, also without a commit", async () => {
  const seen: [string, unknown[]][] = [];
  const look = (name: string) => batch.afterTurn(() => void seen.push([name, kept()]));
  look("before");
  const added = batch.add("a", write("1"));
  look("behind");
  expect(seen).toEqual([]);
  await added;
  expect(seen).toEqual([
    ["before", ["1"]],
    ["behind", ["1"]],
  ]);
  look("alone");
  await new Promise(setImmediate);
  expect(seen.slice(2)).toEqual([["alone", ["1"]]]);
  expect(batch.commits()).toBe(1);
});

it("tells that a turn is over when its commit was lost, too", async () => {
  const lost = batch.add("bad", () => {
    throw new Error("disk full");
  });
  const over = new Promise<void>((resolve) => batch.afterTurn(resolve));
  await expect(lost).rejects.toThrow("disk full");
  await over;
  expect(kept()).toEqual([]);
});

it("a turn that is told of while its commit is told of is the next one", async () => {
  const seen: unknown[][] = [];
  const over = new Promise<void>((resolve) => {
    batch.add("a", write("1"), {
      kept() {
        batch.add("b", write("2"));
        batch.afterTurn(() => {
          seen.push(kept());
          resolve();
        });
      },
    });
  });
  await over;
  expect(seen).toEqual([["1", "2"]]);
});
