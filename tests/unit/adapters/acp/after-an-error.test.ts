import { describe, expect, test } from "vitest";
import { endOf, fixtureAgent, openAcpAdapter, targetOf, taskOf } from "../../../launching.ts";

const refusal = { jsonrpc: "2.0", error: { code: -32603, message: "Internal error" } };
const refused = { text: JSON.stringify({ raw: `${JSON.stringify(refusal).slice(0, -1)},"id":$I}\n` }) };

/** The turn after one that was answered with an error, in the same conversation. */
async function turnAfterAnError(dialect: string, inALaterProcess = false) {
  await using acp = openAcpAdapter();
  const target = targetOf(fixtureAgent("scripted"), { dialect });
  const first = await acp.run(target, taskOf(refused, { sticky_key: "k" }));
  expect(await endOf(first)).toMatchObject({ kind: "failed", reason: "remote_failed" });
  if (inALaterProcess) await acp.adapter.stop(target);
  const { continuity, continuity_reason } = await acp.run(target, taskOf(refused, { sticky_key: "k" }));
  return { continuity, continuity_reason };
}

describe("after an error in answer to a prompt", () => {
  test.each([false, true])(
    "Hermes, which would take no more in that session, gets a new one; in a later process: %j",
    async (later) => {
      expect(await turnAfterAnError("hermes", later)).toEqual({
        continuity: "fresh",
        continuity_reason: expect.stringContaining("error"),
      });
    },
  );

  test("others go on in the same session", async () => {
    expect(await turnAfterAnError("generic")).toMatchObject({ continuity: "live" });
  });
});
