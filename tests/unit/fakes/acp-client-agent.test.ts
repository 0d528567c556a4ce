/** The shipped fake as any client sees it: by the protocol's SDK on its pipes. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Readable, Writable } from "node:stream";
import {
  type ClientContext,
  client,
  type LoadSessionResponse,
  type NewSessionResponse,
  ndJsonStream,
} from "@agentclientprotocol/sdk";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { modes } from "../../../cli/fakes/acp-client/modes.ts";
import { fakeAgent } from "../../launching.ts";

function bytesOf(stdout: Readable): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      stdout.on("data", (chunk: Uint8Array) => controller.enqueue(chunk));
      stdout.once("end", () => controller.close());
    },
  });
}

interface OpenFake extends AsyncDisposable {
  readonly agent: ClientContext;
  readonly updates: string[];
}

async function openFake(flags: string[], env: Record<string, string> = {}): Promise<OpenFake> {
  const [file = "", ...args] = fakeAgent(...flags);
  const child = execa(file, args, { buffer: false, reject: false, env });
  const updates: string[] = [];
  const connection = client()
    .onNotification("session/update", ({ params: { update } }) => {
      const text =
        "content" in update && update.content && "text" in update.content ? update.content.text : "";
      updates.push(`${update.sessionUpdate} ${text}`);
    })
    .connect(ndJsonStream(Writable.toWeb(child.stdin), bytesOf(child.stdout)));
  await connection.agent.request("initialize", { protocolVersion: 1 });
  return {
    agent: connection.agent,
    updates,
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await child;
    },
  };
}

async function newSession(agent: ClientContext): Promise<string> {
  const method: string = "session/new";
  return (await agent.request<NewSessionResponse>(method, { cwd: "/", mcpServers: [] })).sessionId;
}

const say = (agent: ClientContext, sessionId: string, text: string): Promise<unknown> =>
  agent.request("session/prompt", { sessionId, prompt: [{ type: "text", text }] });

describe("fake-acp-client-agent", () => {
  test("explains each of its modes", async () => {
    const [file = "", ...args] = fakeAgent("--help");
    const { stdout } = await execa(file, args);
    for (const mode of modes.keys()) expect(stdout).toMatch(new RegExp(`^ {2}${mode} `, "m"));
  });

  test("exits before initialize when it is told to fail at launch", async () => {
    const [file = "", ...args] = fakeAgent("--mode", "launch_fail");
    const { exitCode, stderr, stdout } = await execa(file, args, { reject: false, input: "" });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toContain("told to fail at launch");
  });

  test("takes its default mode from the environment", async () => {
    await using fake = await openFake([], { FAKE_MODE: "success" });
    await say(fake.agent, await newSession(fake.agent), "whatever");
    expect(fake.updates).toContain("agent_message_chunk three");
  });

  test("remembers what was said in a session, and loads it in another process", async () => {
    const directory = mkdtempSync(join(tmpdir(), "aethrolink-fake-"));
    const flags = ["--sessions-dir", directory];
    let sessionId = "";
    {
      await using fake = await openFake(flags);
      sessionId = await newSession(fake.agent);
      await say(fake.agent, sessionId, "first");
      await say(fake.agent, sessionId, "HISTORY?");
      expect(fake.updates.at(-1)).toBe("agent_message_chunk HISTORY[1]: first");
    }
    await using fake = await openFake(flags);
    await expect(say(fake.agent, sessionId, "too early")).rejects.toMatchObject({ code: -32002 });
    const method: string = "session/load";
    await fake.agent.request<LoadSessionResponse>(method, { sessionId, cwd: "/", mcpServers: [] });
    expect(fake.updates.slice(0, 2)).toEqual(["user_message_chunk first", "agent_message_chunk echo: first"]);
    await say(fake.agent, sessionId, "HISTORY?");
    expect(fake.updates.at(-1)).toBe("agent_message_chunk HISTORY[2]: first | HISTORY?");
    rmSync(directory, { recursive: true });
  });

  test("refuses a mode that it does not know", async () => {
    await using fake = await openFake([]);
    const refused = say(fake.agent, await newSession(fake.agent), '{"mode":"nonsense"}');
    await expect(refused).rejects.toMatchObject({ code: -32602 });
  });
});
