/** What a participant sees is found by index, however much there is that it doesn't see. */
import { expect, it, vi } from "vitest";
import { followAll } from "#src/engine/follow.ts";
import { openTaskReader, type TaskFilter } from "#src/store/read-tasks.ts";
import { fakeTarget, type OpenEngine, openEngine } from "../../open-engine.ts";

const open = () => openEngine({ targets: [fakeTarget(), fakeTarget({ target_id: "other" })] });

async function done(node: OpenEngine, sender: string, target_runtime = "other") {
  const { task_id } = await node.submit({ sender, target_runtime });
  await node.reaches(task_id, "completed");
  return task_id;
}

/** Follows as a viewer; the positions and tasks of what has come. */
function followed(node: OpenEngine, viewer: string, after: number | undefined, takes = () => true) {
  let text = "";
  const sink = {
    write: (bytes: Uint8Array) => {
      text += new TextDecoder().decode(bytes);
      return takes();
    },
    end: () => {},
  };
  const follower = followAll(node.engine, after, viewer)(sink);
  follower.pull();
  const frames = () =>
    [...text.matchAll(/^id: (\d+)\ndata: (.*)$/gm)].map(([, position, data]) => ({
      position: Number(position),
      ...(JSON.parse(data ?? "") as { task_id: string; seq: number }),
    }));
  return { ...follower, frames };
}

/** All that the log has of some tasks, in the order of commits. */
function logged(node: OpenEngine, ids: readonly string[]) {
  const rows = node.storage.reader
    .prepare("SELECT position, task_id, seq FROM task_events ORDER BY position")
    .all();
  return (rows as { position: number; task_id: string; seq: number }[]).filter(({ task_id }) =>
    ids.includes(task_id),
  );
}

const shown = (frames: { position: number; task_id: string; seq: number }[]) =>
  frames.map(({ position, task_id, seq }) => ({ position, task_id, seq }));

it("a participant follows its own tasks alone, from the log and live, each event once and in order", async () => {
  await using node = await open();
  const own = [await done(node, "alice"), await done(node, "alice", "tested")];
  const others = await done(node, "bob");
  const early = followed(node, "alice", 0);
  const late = followed(node, "alice", undefined);
  own.push(await done(node, "alice"));
  await done(node, "bob");
  own.push(await done(node, "alice", "tested"));
  const all = logged(node, own);
  expect(shown(early.frames())).toEqual(all);
  expect(shown(late.frames())).toEqual(all.filter(({ task_id }) => own.indexOf(task_id) >= 2));
  const middle = all[7]?.position ?? 0;
  expect(shown(followed(node, "alice", middle).frames())).toEqual(all.slice(8));
  const target = followed(node, "tested", 0);
  expect(shown(target.frames())).toEqual(
    logged(
      node,
      own.filter((id) => node.record(id).resolved_runtime === "tested"),
    ),
  );
  expect(shown(early.frames()).some(({ task_id }) => task_id === others)).toBe(false);
  for (const follower of [early, late, target]) follower.close();
});

it("one who sends to itself is told each event once", async () => {
  await using node = await open();
  const follower = followed(node, "other", undefined);
  const task_id = await done(node, "other");
  expect(shown(follower.frames())).toEqual(logged(node, [task_id]));
  expect(shown(followed(node, "other", 0).frames())).toEqual(logged(node, [task_id]));
  follower.close();
});

it("one who couldn't take more goes on where it was, without gap or repeat", async () => {
  await using node = await open();
  let takes = true;
  const follower = followed(node, "alice", undefined, () => takes);
  const own = [await done(node, "alice")];
  takes = false;
  own.push(await done(node, "alice"), await done(node, "alice"));
  takes = true;
  follower.pull();
  expect(shown(follower.frames())).toEqual(logged(node, own));
  follower.close();
});

it("a participant's list and events are read by index, in their order, and nothing is sorted", async () => {
  await using node = await open();
  const prepare = vi.spyOn(node.storage.reader, "prepare");
  const reader = openTaskReader(node.storage.reader);
  const filters: TaskFilter[] = [
    {},
    { before: "01KAT3Q4V5W6X7Y8Z9A0B1C2D3" },
    { status: "failed" },
    { status: "failed", created_after: 1, before: "01KAT3Q4V5W6X7Y8Z9A0B1C2D3" },
  ];
  for (const filter of filters) reader.list({ ...filter, viewer: "alice" }, 10);
  const texts = prepare.mock.calls.map(([text]) => text).filter((text) => / union all /i.test(text));
  prepare.mockRestore();
  expect(texts).toHaveLength(filters.length + 1);
  for (const text of texts) {
    const plan = node.storage.reader
      .prepare(`EXPLAIN QUERY PLAN ${text}`)
      .all(Array.from(text.matchAll(/\?/g), () => null)) as { detail: string }[];
    const details = plan.map(({ detail }) => detail).filter((detail) => /SCAN|SEARCH|TEMP/.test(detail));
    expect(details).toHaveLength(2);
    const table = text.includes("task_events") ? "task_events" : "tasks";
    expect(details[0]).toMatch(new RegExp(`^SEARCH ${table} USING INDEX ${table}_by_sender \\(sender=\\?`));
    expect(details[1]).toMatch(
      new RegExp(`^SEARCH ${table} USING INDEX ${table}_by_target \\((target|resolved_runtime)=\\?`),
    );
  }
});
