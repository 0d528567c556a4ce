/** Two nodes, told what to do by the command line alone. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fakeCommand } from "../../programs.ts";
import { createHome, eventOf, startNode, type TestNode } from "../../support.ts";
import { commandFor } from "./command.ts";

const left = new AsyncDisposableStack();
let node: TestNode;
let desk: ReturnType<typeof commandFor>;
let build: ReturnType<typeof commandFor>;

beforeAll(async () => {
  const homes = { desk: left.use(createHome()), build: left.use(createHome()) };
  homes.desk.setRegistry({ writer: { command: await fakeCommand() } });
  homes.build.setRegistry({ fake: { command: await fakeCommand(), more: { capabilities: ["code.build"] } } });
  node = left.use(await startNode({ ...homes.desk, args: ["--peer-sync-interval", "0"] }));
  left.use(await startNode({ ...homes.build, args: ["--peer-sync-interval", "0"] }));
  desk = commandFor(homes.desk.dataDir);
  build = commandFor(homes.build.dataDir);
  const { code } = JSON.parse((await build.run(["peer-invite"])).out) as { code: string };
  const joined = await desk.run(["peer-join", code, "--peer-id", "build", "--as", "desk"]);
  expect(joined).toMatchObject({ code: 0, err: "" });
  expect(await desk.run(["peer-sync", "build"])).toMatchObject({ code: 0 });
}, 60_000);
afterAll(() => left.disposeAsync());

const call = (...more: string[]) => desk.run(["call", "--intent", "code.build", ...more]);
const begin = async (payload: object) => {
  const { out } = await call("--payload", JSON.stringify(payload));
  const said = JSON.parse(out) as { task?: { task_id: string }; task_id?: string };
  return said.task?.task_id ?? said.task_id ?? "";
};

describe("the command line of one node", () => {
  it("delegates by intent to the other and streams what it does", async () => {
    const ran = await call("--text", "Say exactly hello from there", "--follow");
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.out).toContain("hello from there");
    expect(ran.out).toContain("task.running");
  });

  it("shows a question of the other and answers it", async () => {
    const task_id = await begin({ mode: "permission" });
    await eventOf(node, task_id, "task.awaiting_input");
    expect((await desk.run(["questions", task_id])).out).toContain("remove a file");
    const ran = await desk.run(["task-resume", task_id, "--yes", "--wait"]);
    expect(JSON.parse(ran.out)).toMatchObject({
      status: "completed",
      resolved_runtime: "build/fake",
      result: { text: "permission: allow_once" },
    });
  });

  it("cancels what the other does", async () => {
    const task_id = await begin({ mode: "cancelled" });
    await eventOf(node, task_id, "task.running");
    expect(await desk.run(["task-cancel", task_id])).toMatchObject({ code: 0 });
    expect(await node.task(task_id, 30)).toMatchObject({ status: "cancelled" });
    const there = JSON.parse((await build.run(["task-list"])).out) as { tasks: { status: string }[] };
    expect(there.tasks[0]).toMatchObject({ status: "cancelled" });
  });

  it("goes on with a conversation there", async () => {
    const ask = (text: string) => call("--text", text, "--conversation-id", "release", "--wait");
    await ask("first");
    expect(await ask("second")).toMatchObject({ code: 0 });
    const { tasks } = JSON.parse((await build.run(["task-list"])).out) as {
      tasks: { conversation_id: string }[];
    };
    const [second, first] = tasks.slice(0, 2).map((task) => task.conversation_id);
    expect(second).toMatch(/^[0-9A-Z]{26}\/release$/);
    expect(first).toBe(second);
  });

  it("holds a thread with a target there, which remembers what it was told", async () => {
    const two = ["--agent-a-id", "writer", "--agent-b-id", "build/fake"];
    const { out: id, err } = await desk.run(["thread-create", ...two, "--id"]);
    expect(err).toBe("");
    const say = async (text: string) => {
      const words = ["--sender", "writer", "--intent", "code.build", "--text", text, "--wait"];
      const said = await desk.run(["thread-continue", id.trim(), ...words]);
      expect(said).toMatchObject({ code: 0, err: "" });
      return (JSON.parse(said.out) as { result: { text: string } }).result.text;
    };
    expect(await say("The release is called Apples.")).toBe("echo: The release is called Apples.");
    expect(await say("HISTORY?")).toContain("The release is called Apples.");
    const { out } = await desk.run(["thread-get", id.trim()]);
    const node_id = (await build.run(["node-id"])).out.trim();
    expect(JSON.parse(out)).toMatchObject({
      participants: [
        { agent_id: "writer", owner: "local" },
        { agent_id: "build/fake", owner: "remote", peer_id: "build", node_id },
      ],
      turns: [1, 2].map(() => ({
        sender_agent_id: "writer",
        target_agent_id: "build/fake",
        target_owner: "remote",
        remote_peer_id: "build",
        destination_node_id: node_id,
        status: "completed",
      })),
    });
  });
});
