/** The ladder of continuity, with the fake's sessions on disk. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Run, Target } from "#src/core/ports.ts";
import type { SessionBindings } from "#src/core/session-bindings.ts";
import {
  createMemoryBindings,
  fakeAgent,
  openAcpAdapter,
  signalsOf,
  targetOf,
  taskOf,
} from "../../../launching.ts";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** An agent whose sessions outlive it. */
function remembering(...flags: string[]): Target {
  const folder = mkdtempSync(join(tmpdir(), "aethrolink-sessions-"));
  folders.push(folder);
  return targetOf(fakeAgent("--sessions-dir", folder, ...flags));
}

interface Turn {
  readonly continuity: Run["continuity"];
  readonly why: string;
  readonly said: string;
  readonly session: string | undefined;
}

/** A life of the node: says something in a conversation, in a process of its own. */
async function life(bindings: SessionBindings, target: Target, ...prompts: string[]): Promise<Turn[]> {
  await using acp = openAcpAdapter({ bindings, workDir: "/tmp" });
  const turns: Turn[] = [];
  for (const text of prompts) turns.push(await say(acp, target, text));
  return turns;
}

async function say(
  acp: ReturnType<typeof openAcpAdapter>,
  target: Target,
  text: string,
  conversation = "talk",
): Promise<Turn> {
  const run = await acp.run(target, taskOf({ text }, { sticky_key: conversation }));
  const end = (await signalsOf(run)).at(-1);
  return {
    continuity: run.continuity,
    why: run.continuity_reason,
    said: end?.kind === "completed" ? end.result.text : JSON.stringify(end),
    session: run.handle.remote_session_id,
  };
}

describe("a conversation whose process has gone", () => {
  test("goes on in its session by session/load, and its replay is no part of the next answer", async () => {
    const bindings = createMemoryBindings();
    const target = remembering();
    const [first, second] = await life(bindings, target, "one", "two");
    const [third] = await life(bindings, target, "HISTORY?");
    expect([first, second, third].map((turn) => turn?.continuity)).toEqual(["fresh", "live", "loaded"]);
    expect(third).toMatchObject({
      said: "HISTORY[2]: one | two",
      session: first?.session,
      why: "the runtime replayed what was said in it",
    });
  });

  test("goes on by session/resume where that is announced, proven by session/list", async () => {
    const bindings = createMemoryBindings();
    const target = remembering("--can", "resume,load,list");
    await life(bindings, target, "one");
    const [second] = await life(bindings, target, "HISTORY?");
    expect(second).toMatchObject({
      continuity: "resumed",
      said: "HISTORY[1]: one",
      why: "the runtime lists it",
    });
  });

  test("goes on by session/load where a resume can't be proven", async () => {
    const bindings = createMemoryBindings();
    const target = remembering("--can", "resume,load");
    await life(bindings, target, "one");
    expect((await life(bindings, target, "HISTORY?"))[0]).toMatchObject({
      continuity: "loaded",
      said: "HISTORY[1]: one",
    });
  });

  test("goes on in a resumed session that nothing proves, and is called fresh", async () => {
    const bindings = createMemoryBindings();
    const target = remembering("--can", "resume");
    await life(bindings, target, "one");
    expect((await life(bindings, target, "HISTORY?"))[0]).toMatchObject({
      continuity: "fresh",
      said: "HISTORY[1]: one",
      why: expect.stringContaining("shows nothing of it"),
    });
  });

  test("hears nothing of a replay that goes on behind the answer to session/load", async () => {
    const bindings = createMemoryBindings();
    const target = remembering("--late");
    await life(bindings, target, "one", "two", "three");
    expect((await life(bindings, target, "HISTORY?"))[0]).toMatchObject({
      continuity: "loaded",
      said: "HISTORY[3]: one | two | three",
    });
  });

  test("goes on in a session that tasks name, also by a task that opens a conversation", async () => {
    const bindings = createMemoryBindings();
    const target: Target = { ...remembering(), dialect: "openclaw" };
    const opens = async (text: string) => {
      await using acp = openAcpAdapter({ bindings, workDir: "/tmp" });
      const runtime_options = { session_key: "agent:main:notes" };
      const task = taskOf(
        { text },
        { runtime_options, sticky_key: `talk ${text}`, opens_conversation: true },
      );
      const run = await acp.run(target, task);
      return { continuity: run.continuity, end: (await signalsOf(run)).at(-1) };
    };
    expect(await opens("one")).toMatchObject({ continuity: "fresh" });
    expect(await opens("HISTORY?")).toMatchObject({
      continuity: "loaded",
      end: { result: { text: "HISTORY[1]: one" } },
    });
  });

  test("begins anew where the runtime can't take sessions up, and says why", async () => {
    const bindings = createMemoryBindings();
    const target = remembering("--can", "close");
    await life(bindings, target, "one");
    expect((await life(bindings, target, "HISTORY?"))[0]).toMatchObject({
      continuity: "fresh",
      said: "HISTORY[0]: ",
      why: expect.stringContaining("can't take sessions up again"),
    });
  });

  test("begins anew where the session is unknown, and goes on in the new one", async () => {
    const bindings = createMemoryBindings();
    await life(bindings, remembering("--can", "resume,load"), "one");
    const forgetful = remembering("--can", "resume,load,list");
    const [second] = await life(bindings, forgetful, "two");
    expect(second).toMatchObject({
      continuity: "fresh",
      why: expect.stringContaining("could not be resumed"),
    });
    expect((await life(bindings, forgetful, "HISTORY?"))[0]).toMatchObject({
      continuity: "resumed",
      said: "HISTORY[1]: two",
    });
  });

  test("is called fresh where the runtime only says that it has the session", async () => {
    const bindings = createMemoryBindings();
    await life(bindings, remembering(), "one");
    const liar = remembering("--can", "resume,load,list", "--lie");
    expect((await life(bindings, liar, "HISTORY?"))[0]).toMatchObject({
      continuity: "fresh",
      said: "HISTORY[0]: ",
      why: expect.stringContaining("shows nothing of it"),
    });
  });
});

describe("a conversation in a process that lives", () => {
  test("is found again after its session had to go for room", async () => {
    await using acp = openAcpAdapter({ idleSessions: 1 });
    const target = remembering();
    await say(acp, target, "one", "a");
    await say(acp, target, "two", "b");
    expect(await say(acp, target, "HISTORY?", "a")).toMatchObject({
      continuity: "loaded",
      said: "HISTORY[1]: one",
    });
  });

  test("is found again after its session was idle for too long", async () => {
    await using acp = openAcpAdapter();
    const target = remembering();
    await say(acp, target, "one");
    const task = taskOf(
      { text: "HISTORY?" },
      { sticky_key: "talk", runtime_options: { session_idle_timeout_ms: 1 } },
    );
    const idleFrom = Date.now();
    while (Date.now() <= idleFrom + 1) await new Promise((resolve) => setImmediate(resolve));
    const run = await acp.run(target, task);
    expect(run.continuity).toBe("loaded");
    expect((await signalsOf(run)).at(-1)).toMatchObject({ result: { text: "HISTORY[1]: one" } });
  });

  test("begins anew after a turn that didn't confirm its cancel, also in a later process", async () => {
    const bindings = createMemoryBindings();
    const target = remembering();
    {
      await using acp = openAcpAdapter({ bindings, workDir: "/tmp", cancelGraceMs: 100 });
      await say(acp, target, "one");
      const other = await acp.run(target, taskOf({ mode: "silent" }, { sticky_key: "other" }));
      const stuck = await acp.run(target, taskOf({ mode: "ignore_cancel" }, { sticky_key: "talk" }));
      await stuck.cancel?.();
      expect((await signalsOf(stuck)).at(-1)).toMatchObject({ kind: "cancelled", how: "quarantined" });
      const why = "its last turn did not confirm its cancel";
      const left = expect.objectContaining({ remote_session_id: "", metadata: { left: why } });
      expect(bindings.all().find(({ sticky_key }) => sticky_key === "talk")).toEqual(left);
      expect(acp.adapter.reuse?.(target, {}, "talk")).toBe("none");
      await other.cancel?.();
    }
    const [next, afterNext] = await life(bindings, target, "HISTORY?", "HISTORY?");
    expect(next).toMatchObject({
      continuity: "fresh",
      why: "its last turn did not confirm its cancel",
      said: "HISTORY[0]: ",
    });
    expect(afterNext).toMatchObject({ continuity: "live", session: next?.session });
  });

  test.each([false, true])(
    "at OpenClaw never gets the key of a session that was given up, however many were; in a later process: %j",
    async (later) => {
      const bindings = createMemoryBindings();
      const target: Target = { ...remembering(), dialect: "openclaw" };
      const keyOfTalk = () =>
        bindings.all().find(({ sticky_key }) => sticky_key === "talk")?.metadata.session_key;
      const waiting = new AbortController();
      await using acp = openAcpAdapter({ bindings, workDir: "/tmp", idleSessions: 1 });
      const left: Run[] = [];
      for (const sticky_key of ["talk", "a", "b"])
        left.push(await acp.run(target, taskOf({ mode: "silent" }, { sticky_key }), waiting.signal));
      const given = keyOfTalk();
      waiting.abort();
      for (const run of left) expect((await signalsOf(run)).at(-1)).toMatchObject({ reason: "interrupted" });
      const [next] = later ? await life(bindings, target, "HISTORY?") : [await say(acp, target, "HISTORY?")];
      expect(next).toMatchObject({ continuity: "fresh", why: "its last turn was interrupted" });
      expect(given).toMatch(/^aethrolink-[0-9a-f]{32}$/);
      expect(keyOfTalk()).toMatch(new RegExp(`^${given}-[0-9a-f]{8}$`));
    },
  );

  test("begins anew after a turn that nobody waited for any more: the agent may still be at it", async () => {
    await using acp = openAcpAdapter();
    const target = remembering("--can", "resume,load,list,close");
    await say(acp, target, "one");
    const waiting = new AbortController();
    const left = await acp.run(target, taskOf({ mode: "silent" }, { sticky_key: "talk" }), waiting.signal);
    waiting.abort();
    expect((await signalsOf(left)).at(-1)).toMatchObject({ kind: "failed", reason: "interrupted" });
    const next = await say(acp, target, "HISTORY?");
    expect(next).toMatchObject({ continuity: "fresh", said: "HISTORY[0]: " });
    expect(next.session).not.toBe(left.handle.remote_session_id);
  });
});

describe("an agent that doesn't answer", () => {
  const impatient = (text: string) =>
    taskOf({ text }, { sticky_key: "talk", runtime_options: { session_setup_timeout_ms: 200 } });

  /** The second turn of a conversation, in a process of its own. */
  async function secondTurn(...flags: string[]): Promise<Run["continuity"]> {
    const bindings = createMemoryBindings();
    const target = remembering(...flags);
    await life(bindings, target, "one");
    await using acp = openAcpAdapter({ bindings, workDir: "/tmp" });
    const run = await acp.run(target, impatient("two"));
    expect((await signalsOf(run)).at(-1)).toMatchObject({ kind: "completed", result: { text: "echo: two" } });
    return run.continuity;
  }

  test("to a resume is asked to load, in time", async () => {
    expect(await secondTurn("--can", "resume,load", "--mute", "resume")).toBe("loaded");
  });

  test("to a load gets a new session, in time", async () => {
    expect(await secondTurn("--can", "load", "--mute", "load")).toBe("fresh");
  });

  test("with a list can't prove anything, and holds nobody up", async () => {
    expect(await secondTurn("--can", "resume,list", "--mute", "list")).toBe("fresh");
  });

  test("with a list holds up nobody who has left", async () => {
    const bindings = createMemoryBindings();
    const target = remembering("--can", "resume,list", "--mute", "list");
    await life(bindings, target, "one");
    await using acp = openAcpAdapter({ bindings, workDir: "/tmp" });
    const leaving = new AbortController();
    const handed = acp.run(target, taskOf({ text: "two" }, { sticky_key: "talk" }), leaving.signal);
    await acp.adapter.launch(target, {}, new AbortController().signal).lease;
    leaving.abort();
    await expect(handed).rejects.toMatchObject({ name: "AdapterFault" });
  });
});

describe("a login", () => {
  test("that the registry names is done before the first session", async () => {
    await using acp = openAcpAdapter();
    const target = { ...targetOf(fakeAgent("--login", "api-key")), auth_method: "api-key" };
    expect(await say(acp, target, "hello")).toMatchObject({ said: "echo: hello" });
  });

  test("that nobody did is told with the runtime's own instruction", async () => {
    await using acp = openAcpAdapter();
    const target = targetOf(fakeAgent("--login", "api-key"));
    await expect(acp.run(target, taskOf({ text: "hello" }))).rejects.toMatchObject({
      kind: "submit_failed",
      message: expect.stringContaining("Set FAKE_KEY and log in."),
    });
  });

  test("that the agent doesn't offer fails its launch, and what it offers is told", async () => {
    await using acp = openAcpAdapter();
    const target = { ...targetOf(fakeAgent("--login", "api-key")), auth_method: "oauth" };
    await expect(acp.run(target, taskOf({ text: "hello" }))).rejects.toMatchObject({
      kind: "launch_failed",
      message: expect.stringMatching(/no login oauth.*Set FAKE_KEY/),
    });
  });
});
