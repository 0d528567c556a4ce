/**
 * What every runtime adapter must do, as a function of a setup. A setup brings a runtime that obeys the
 * `mode` of a payload, in whatever way its adapter reaches it.
 */
import { describe, expect, test } from "vitest";
import type { Answer } from "#src/core/answer.ts";
import type { AskedQuestion, Json, Run, Signal, Target } from "#src/core/ports.ts";
import { endOf, faultOf, patient, signalsOf, signalWhere, taskOf } from "../launching.ts";
import type { AdapterSetup, AdapterUnderTest } from "./adapter-setup.ts";

const grace = { cancelGraceMs: 200 };
const spokenOf = (signals: readonly Signal[]): string[] =>
  signals.flatMap((s) => (s.kind === "progress" && s.data.type === "message" ? [s.data.text] : []));

/** The suite, for one adapter. */
export function adapterConformance(setup: AdapterSetup): void {
  describe(`the ${setup.name} adapter`, () => {
    const start = async (
      under: AdapterUnderTest,
      payload: Json,
      sticky_key: string | null = null,
    ): Promise<Run> => {
      const lease = await under.adapter.launch(under.target, {}, patient).lease;
      return under.adapter.submit(taskOf(payload, { sticky_key }), under.target, lease, patient);
    };

    test("runs a task to its answer, with its progress in order", async () => {
      await using under = await setup.open(grace);
      const signals = await signalsOf(await start(under, { mode: "success" }));
      const words = ["one ", "two ", "three"];
      expect(spokenOf(signals)).toEqual(setup.speaksAtItsEnd === true ? [words.join("")] : words);
      expect(signals.at(-1)).toMatchObject({ kind: "completed", result: { text: "one two three" } });
      expect(signals.filter((signal) => signal.kind !== "progress")).toHaveLength(1);
    });

    test("echoes a text and says exactly what it is told", async () => {
      await using under = await setup.open(grace);
      expect(await endOf(await start(under, { text: "hello" }))).toMatchObject({
        result: { text: "echo: hello" },
      });
      const told = await start(under, { prompt: "Say exactly bread" });
      expect(await endOf(told)).toMatchObject({ result: { text: "bread" } });
    });

    test("is down, then usable by the lease that its launch gave", async () => {
      await using under = await setup.open(grace);
      const { adapter, target } = under;
      expect(adapter.usable(target, {})).toBeUndefined();
      expect(await adapter.health(target, {})).toMatchObject({ healthy: false, state: "down" });
      const lease = await adapter.launch(target, {}, patient).lease;
      expect(adapter.usable(target, {})).toBe(lease);
      expect(lease).toMatchObject({ runtime_id: target.target_id, subcontext_key: "default" });
      expect(await adapter.health(target, {})).toMatchObject({ healthy: true, state: "up" });
    });

    test("starts one process for a hundred callers, and gives all of them their answers", async () => {
      await using under = await setup.open(grace);
      const ends = await Promise.all(
        Array.from({ length: 100 }, async (_, n) => endOf(await start(under, { text: `number ${n}` }))),
      );
      expect(under.starts()).toBe(1);
      expect(ends.map((end) => end?.kind === "completed" && end.result.text)).toEqual(
        Array.from({ length: 100 }, (_, n) => `echo: number ${n}`),
      );
    });

    test("shares one launch id and one lease among those that wait for the same start", async () => {
      await using under = await setup.open(grace);
      const first = under.adapter.launch(under.target, {}, patient);
      const second = under.adapter.launch(under.target, {}, patient);
      expect(second.launch_id).toBe(first.launch_id);
      expect(await second.lease).toBe(await first.lease);
    });

    test("stops waiting when the caller does, and goes on for the others", async () => {
      await using under = await setup.open(grace);
      const impatient = new AbortController();
      const given = under.adapter.launch(under.target, {}, impatient.signal);
      const kept = under.adapter.launch(under.target, {}, patient);
      impatient.abort();
      await Promise.allSettled([given.lease]);
      expect((await kept.lease).gone.aborted).toBe(false);
    });

    test("confirms a cancel, keeps what was said, and says cancelled once", async () => {
      await using under = await setup.open(grace);
      const run = await start(under, { mode: "cancelled" });
      const speaks = setup.speaksAtItsEnd !== true;
      if (speaks) await signalWhere(run, (signal) => signal.kind === "progress");
      await Promise.all([run.cancel?.(), run.cancel?.()]);
      expect(await signalsOf(run)).toEqual([
        expect.objectContaining({
          kind: "cancelled",
          how: "confirmed",
          result: expect.objectContaining({ text: speaks ? "working" : "" }),
        }),
      ]);
    });

    test("confirms a cancel that comes right after the hand-over", async () => {
      await using under = await setup.open({ cancelGraceMs: 5000 });
      const run = await start(under, { mode: "cancelled" });
      await run.cancel?.();
      expect(await endOf(run)).toMatchObject({ kind: "cancelled", how: "confirmed" });
    });

    test("changes nothing by a cancel that comes too late", async () => {
      await using under = await setup.open(grace);
      const run = await start(under, { text: "done" });
      expect(await endOf(run)).toMatchObject({ kind: "completed" });
      await run.cancel?.();
      expect(await signalsOf(run)).toEqual([]);
    });

    test("cuts off a run that ignores its cancel", async () => {
      await using under = await setup.open(grace);
      const run = await start(under, { mode: "ignore_cancel" });
      await run.cancel?.();
      const end = await endOf(run);
      expect(end).toMatchObject({ kind: "cancelled" });
      expect(end?.kind === "cancelled" && end.how).toMatch(/process_ended|quarantined/);
    });

    test("waits in silence for a run that says nothing, until it is cancelled", async () => {
      await using under = await setup.open(grace);
      const run = await start(under, { mode: "silent" });
      await run.cancel?.();
      expect(await signalsOf(run)).toEqual([expect.objectContaining({ kind: "cancelled" })]);
    });

    test("waits for a slow answer", async () => {
      await using under = await setup.open(grace);
      const end = await endOf(await start(under, { mode: "delayed_success", delay_ms: 50 }));
      expect(end).toMatchObject({ kind: "completed", result: { text: "done" } });
    });

    test("loses nothing of a flood", async () => {
      await using under = await setup.open(grace);
      const signals = await signalsOf(await start(under, { mode: "flood", chunks: 10_000, size: 4 }));
      expect(spokenOf(signals)).toHaveLength(setup.speaksAtItsEnd === true ? 1 : 10_000);
      expect(signals.at(-1)).toMatchObject({ kind: "completed", result: { text: "xxxx".repeat(10_000) } });
    });

    test("is not confused by noise", async () => {
      await using under = await setup.open(grace);
      expect(await endOf(await start(under, { mode: "garbage" }))).toMatchObject({ kind: "completed" });
    });

    test("fails a run as remote_failed when its process dies, and takes its lease back", async () => {
      await using under = await setup.open(grace);
      const run = await start(under, { mode: "crash_after_start" });
      const signals = await signalsOf(run);
      // Who only asks again and again may ask too late for the last words.
      const said = setup.polls === true ? spokenOf(signals) : ["working"];
      expect(spokenOf(signals)).toEqual(said);
      expect(signals.at(-1)).toMatchObject({
        kind: "failed",
        reason: "remote_failed",
        result: { text: said.join("") },
      });
      const end = signals.at(-1);
      expect(end?.kind === "failed" && end.detail).toMatch(/exited with code 3.*see launch/);
      expect(under.adapter.usable(under.target, {})).toBeUndefined();
    });

    test("launches anew after a death", async () => {
      await using under = await setup.open(grace);
      await endOf(await start(under, { mode: "crash_after_start" }));
      expect(await endOf(await start(under, { text: "again" }))).toMatchObject({ kind: "completed" });
      expect(under.starts()).toBe(2);
    });

    test("fails a run as protocol_error when it can't be understood any more", async () => {
      await using under = await setup.open({ ...grace, lineLimit: 100_000 });
      const end = await endOf(await start(under, { mode: "big_line", bytes: 100_001 }));
      expect(end).toMatchObject({ kind: "failed", reason: "protocol_error" });
    });

    test("throws submit_failed when the runtime refuses the task", async () => {
      await using under = await setup.open(grace);
      const lease = await under.adapter.launch(under.refusing, {}, patient).lease;
      const refused = under.adapter.submit(taskOf({ mode: "submit_fail" }), under.refusing, lease, patient);
      expect(await faultOf(refused)).toMatchObject({ kind: "submit_failed" });
    });

    test("throws submit_failed for a lease whose process has gone", async () => {
      await using under = await setup.open(grace);
      const lease = await under.adapter.launch(under.target, {}, patient).lease;
      expect(await under.adapter.stop(under.target)).toBe(true);
      expect(lease.gone.aborted).toBe(true);
      const late = under.adapter.submit(taskOf({ text: "late" }), under.target, lease, patient);
      expect(await faultOf(late)).toMatchObject({ kind: "submit_failed" });
    });

    test("throws launch_failed when the process dies at launch, for all that wait", async () => {
      await using under = await setup.open(grace);
      const waiting = [1, 2, 3].map(() => under.adapter.launch(under.failing, {}, patient));
      for (const { lease } of waiting) expect(await faultOf(lease)).toMatchObject({ kind: "launch_failed" });
      expect(under.starts()).toBe(1);
    });

    test("throws launch_failed when the command does not exist", async () => {
      await using under = await setup.open(grace);
      const fault = await faultOf(under.adapter.launch(under.missing, {}, patient).lease);
      expect(fault).toMatchObject({
        kind: "launch_failed",
        message: expect.stringContaining("command not found"),
      });
    });

    test.skipIf(setup.hasExecutors === false)(
      "throws not_found for an executor that the target does not list",
      async () => {
        await using under = await setup.open(grace);
        const hermes: Target = { ...under.target, dialect: "hermes" };
        expect(() => under.adapter.launch(hermes, { executor: "nobody" }, patient)).toThrow(
          expect.objectContaining({ kind: "not_found" }),
        );
      },
    );

    test("tells a probe what the runtime announced, and leaves it up", async () => {
      await using under = await setup.open(grace);
      const { adapter, target } = under;
      const probe = await adapter.probe(target, {}, patient);
      expect(probe).toMatchObject({ command_found: true, auth_required: false });
      const version = setup.hasVersion === false ? "undefined" : "string";
      expect([typeof probe.name, typeof probe.version, probe.error]).toEqual(["string", version, undefined]);
      expect(probe.capabilities).not.toEqual({});
      expect(adapter.usable(target, {})).toBeDefined();
      expect((await adapter.probe(target, {}, patient)).launch_id).toBe(probe.launch_id);
      expect(under.starts()).toBe(1);
    });

    test("tells a probe why a runtime can't be greeted, instead of failing", async () => {
      await using under = await setup.open(grace);
      const { adapter, failing, missing } = under;
      const dead = await adapter.probe(failing, {}, patient);
      expect(dead).toMatchObject({ command_found: true, capabilities: {} });
      expect(dead.error).toMatch(new RegExp(`exited with code \\d.*; see launch ${dead.launch_id}$`));
      const absent = await adapter.probe(missing, {}, patient);
      expect(absent).toMatchObject({ command_found: false, capabilities: {} });
      expect(absent.error).toMatch(/command not found/);
    });

    test("continues a conversation in its live session", async () => {
      await using under = await setup.open(grace);
      const first = await start(under, { text: "one" }, "conversation:a");
      await endOf(first);
      const second = await start(under, { text: "two" }, "conversation:a");
      await endOf(second);
      const other = await start(under, { text: "three" }, "conversation:b");
      await endOf(other);
      const keeps = setup.keepsSessions !== false;
      const continuities = ["fresh", keeps ? "live" : "fresh", "fresh"];
      expect([first, second, other].map((run) => run.continuity)).toEqual(continuities);
      if (keeps) expect(second.handle.remote_session_id).toBe(first.handle.remote_session_id);
      expect(other.continuity_reason).not.toBe("");
    });

    test("tells without touching the runtime whether a session could be gone on with", async () => {
      await using under = await setup.open(grace);
      const reuse = (key: string | null) => under.adapter.reuse?.(under.target, {}, key);
      expect([reuse("conversation:a"), reuse(null)]).toEqual(["none", "none"]);
      expect(under.starts()).toBe(0);
      await endOf(await start(under, { text: "one" }, "conversation:a"));
      expect([reuse("conversation:a"), reuse("conversation:b"), reuse(null)]).toEqual([
        setup.keepsSessions === false ? "none" : "live",
        "none",
        "none",
      ]);
    });

    test("tells its lanes: one session per key, none without one", async () => {
      await using under = await setup.open(grace);
      const { adapter, target } = under;
      expect(adapter.lane(target, {}, "conversation:a")).toEqual(adapter.lane(target, {}, "conversation:a"));
      expect(adapter.lane(target, {}, "conversation:a").session).not.toBe(
        adapter.lane(target, {}, "b").session,
      );
      expect(adapter.lane(target, {}, null).session).toBeNull();
    });

    /** The question of a run that has just asked. */
    const questionOf = async (run: Run): Promise<AskedQuestion> => {
      const asked = await signalWhere(run, (signal) => signal.kind === "awaiting_input");
      if (asked.kind !== "awaiting_input") throw new Error("it asked nothing");
      return asked.question;
    };
    const optionOf = (question: AskedQuestion, kind: string): Answer => {
      const option = question.options?.find((each) => each.kind === kind);
      if (option === undefined) throw new Error(`there is no option of the kind ${kind}`);
      return { kind: "option", option };
    };

    test("asks with the runtime's own options, and goes on with the one that was chosen", async () => {
      await using under = await setup.open(grace);
      const run = await start(under, { mode: "await_then_resume" });
      const question = await questionOf(run);
      expect(question).toMatchObject({ kind: "permission", prompt: "go on?", timeout_ms: 60_000 });
      expect(question.options?.map(({ kind }) => kind)).toEqual([
        "allow_once",
        "allow_always",
        "reject_once",
      ]);
      await run.resume?.(question.request_id, optionOf(question, "reject_once"));
      const signals = await signalsOf(run);
      expect(signals[0]).toMatchObject({ kind: "resumed", request_id: question.request_id, by: "caller" });
      expect(signals.at(-1)).toMatchObject({ kind: "completed", result: { text: "resumed: reject_once" } });
    });

    test("takes one answer to a question, and none to one that isn't open", async () => {
      await using under = await setup.open(grace);
      const run = await start(under, { mode: "await_then_resume" });
      const question = await questionOf(run);
      const answer = optionOf(question, "allow_once");
      const [first, second, other] = await Promise.allSettled([
        run.resume?.(question.request_id, answer),
        run.resume?.(question.request_id, answer),
        run.resume?.("another", answer),
      ]);
      expect(first.status).toBe("fulfilled");
      expect(second).toMatchObject({ reason: { kind: "not_found" } });
      expect(other).toMatchObject({ reason: { kind: "not_found" } });
      expect(await endOf(run)).toMatchObject({ result: { text: "resumed: allow_once" } });
    });

    test("rejects a question that nobody answers in its time, and goes on", async () => {
      await using under = await setup.open(grace);
      const lease = await under.adapter.launch(under.target, {}, patient).lease;
      const task = taskOf({ mode: "await_then_resume" }, { question_timeout_ms: 50 });
      const run = await under.adapter.submit(task, under.target, lease, patient);
      const { request_id } = await questionOf(run);
      const signals = await signalsOf(run);
      expect(signals[0]).toMatchObject({ kind: "resumed", request_id, by: "timeout" });
      expect(signals.at(-1)).toMatchObject({ kind: "completed", result: { text: "resumed: reject_once" } });
      await expect(run.resume?.(request_id, { kind: "declined" })).rejects.toMatchObject({
        kind: "not_found",
      });
    });

    test("closes an open question with a cancel, without settling it", async () => {
      await using under = await setup.open({ cancelGraceMs: 5000 });
      const run = await start(under, { mode: "await_then_resume" });
      const { request_id } = await questionOf(run);
      await run.cancel?.();
      expect(await signalsOf(run)).toEqual([
        expect.objectContaining({ kind: "cancelled", how: "confirmed" }),
      ]);
      await expect(run.resume?.(request_id, { kind: "declined" })).rejects.toMatchObject({
        kind: "not_found",
      });
    });

    test("ends a run as interrupted when nobody waits for it any more", async () => {
      await using under = await setup.open(grace);
      const waiting = new AbortController();
      const lease = await under.adapter.launch(under.target, {}, patient).lease;
      const run = await under.adapter.submit(taskOf({ mode: "silent" }), under.target, lease, waiting.signal);
      waiting.abort();
      expect(await signalsOf(run)).toEqual([
        expect.objectContaining({ kind: "failed", reason: "interrupted" }),
      ]);
    });

    test("fails what runs when it is stopped, and answers whether anything ran", async () => {
      await using under = await setup.open(grace);
      expect(await under.adapter.stop(under.target)).toBe(false);
      const run = await start(under, { mode: "silent" });
      expect(await under.adapter.stop(under.target)).toBe(true);
      expect(await endOf(run)).toMatchObject({ kind: "failed", reason: "remote_failed" });
      expect(await under.adapter.health(under.target, {})).toMatchObject({ state: "down" });
    });
  });
}
