/** Commands of a target, one of which a task chooses by the name of its executor. */
import { describe, expect, test } from "vitest";
import { endOf, fakeAgent, openAcpAdapter, patient, targetOf, taskOf } from "../../../launching.ts";

describe("a target that lists commands for executors", () => {
  test.each(["hermes", "generic", "openclaw"])(
    "runs the one that a task names, as %s too",
    async (dialect) => {
      await using acp = openAcpAdapter();
      const { launch } = targetOf(fakeAgent());
      const commands = { chatty: fakeAgent("--mode", "success") };
      const target = targetOf(null, { dialect, launch: { ...launch, commands } });
      const saidBy = async (executor: string) =>
        endOf(await acp.run(target, taskOf("hello", { runtime_options: { executor } })));
      expect(await saidBy("chatty")).toMatchObject({ result: { text: "one two three" } });
      expect(await saidBy("default")).toMatchObject({ result: { text: "echo: hello" } });
      const subcontexts = acp.ledger.rows().map(({ subcontext_key }) => subcontext_key);
      expect(subcontexts).toEqual(["executor:chatty", "default"]);
      const launching = () => acp.adapter.launch(target, { executor: "nobody" }, patient);
      expect(launching).toThrow('tested has no executor "nobody"; it has: chatty');
    },
  );

  test("has a process for each, and another target one for all", async () => {
    await using acp = openAcpAdapter();
    const command = fakeAgent();
    const launch = { ...targetOf(command).launch, commands: { other: command } };
    const several = targetOf(command, { launch, target_id: "several" });
    const single = targetOf(command, { target_id: "single" });
    const [own, named, other] = await Promise.all(
      [{}, { executor: "default" }, { executor: "other" }].map(
        (o) => acp.adapter.launch(several, o, patient).lease,
      ),
    );
    expect(named).toBe(own);
    expect(other).toMatchObject({ subcontext_key: "executor:other" });
    expect(other?.process_id).not.toBe(own?.process_id);
    const one = await acp.adapter.launch(single, {}, patient).lease;
    expect(await acp.adapter.launch(single, { executor: "other" }, patient).lease).toBe(one);
    expect(await acp.adapter.stop(several)).toBe(true);
    expect([own, other, one].map((lease) => lease?.gone.aborted)).toEqual([true, true, false]);
  });
});
