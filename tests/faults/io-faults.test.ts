/** Each call of the artifact store fails once, in a run that stores a large payload and a large result. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { Problem } from "#contracts/errors.ts";
import type { TaskRecord } from "#contracts/tasks.ts";
import { ownerName } from "#src/store/artifacts/owner.ts";
import { fakeCommand } from "../programs.ts";
import { tellFigures } from "../soak/figures.ts";
import { createHome, startNode, type TestNode } from "../support.ts";
import { openLeftBehind } from "./evidence.ts";

const failFs = fileURLToPath(new URL("../fixtures/preloads/fail-fs.mjs", import.meta.url));
const text = "0123456789abcdef".repeat(2000);
const request = { target_runtime: "agent", intent: "test.run", payload: { text } };
const sha256Of = (said: string) => createHash("sha256").update(said).digest("hex");
const wholePayload = sha256Of(JSON.stringify(request.payload));
/** More calls than one run makes. */
const most = 100;

/** Reads an artifact: the bytes that were stored, or an error that says that they can't be read. */
async function read(node: TestNode, artifact_id: string | null, whole: string): Promise<boolean> {
  if (artifact_id === null) return false;
  const { status, headers, body } = await node.call<unknown>("GET", `/artifacts/${artifact_id}`);
  if (status !== 200) {
    expect(body).toMatchObject({ status, code: expect.stringMatching(/^(artifact_corrupt|unavailable)$/) });
    return false;
  }
  expect(headers.get("etag")).toContain(whole);
  expect(sha256Of(typeof body === "string" ? body : JSON.stringify(body))).toBe(whole);
  return true;
}

/** One run; what it promises must hold, whatever failed in it. */
async function run(node: TestNode): Promise<TaskRecord | undefined> {
  const { status, body } = await node.call<Problem & { task: TaskRecord }>("POST", "/v1/tasks", request);
  if (status !== 202) {
    expect({ status, body }).toMatchObject({ status: 503, body: { code: "unavailable" } });
    return undefined;
  }
  const task = await node.task(body.task.task_id, 20);
  expect(["completed", "internal_error"]).toContain(task.last_error?.reason ?? task.status);
  await read(node, task.payload_artifact_id, wholePayload);
  await read(node, task.result_artifact_id, sha256Of(`echo: ${text}`));
  return task;
}

/** All that is kept can be read whole, and nothing else has a name. */
async function isWhole(node: TestNode, tasks: readonly TaskRecord[]): Promise<void> {
  for (const { task_id } of tasks) {
    const task = await node.task(task_id);
    expect(await read(node, task.payload_artifact_id, wholePayload)).toBe(true);
    // One that failed keeps what its agent had said, which is all where only its end could not be stored.
    if (task.status === "completed" || task.result_artifact_id !== null)
      expect(await read(node, task.result_artifact_id, sha256Of(`echo: ${text}`))).toBe(true);
  }
}

test("whichever call of the artifact store fails, a task succeeds or says why not, and no half artifact is seen", {
  timeout: 60_000,
}, async () => {
  using home = createHome({ agent: { command: await fakeCommand() } });
  const artifacts = join(home.dataDir, "artifacts");
  const plan = join(home.path, "plan");
  const told = join(home.path, "told");
  const env = { FAIL_BELOW: artifacts, FAIL_PLAN: plan, FAIL_TOLD: told };
  const hits = () => (existsSync(told) ? readFileSync(told, "utf8").trim().split("\n") : []);
  await using node = await startNode({ ...home, env, preload: [failFs] });
  const tasks: TaskRecord[] = [];
  let call = 0;
  do {
    call++;
    writeFileSync(plan, `run ${call}`);
    const task = await run(node);
    if (task !== undefined) tasks.push(task);
  } while (hits().length === call && call < most);
  writeFileSync(plan, "");
  await isWhole(node, tasks);
  expect(await node.stop()).toEqual({ code: 0, signal: null });

  expect(readdirSync(artifacts).filter((name) => name.startsWith("."))).toEqual([ownerName]);
  using left = openLeftBehind(home.dataDir);
  expect(left.integrity()).toBe("ok");
  expect(left.gaps()).toEqual([]);
  await using next = await startNode(home);
  await isWhole(next, tasks);
  const names = hits().map((line) => line.split(" ")[2] ?? "");
  expect(new Set(names)).toEqual(new Set(["open", "writeFile", "sync", "close", "rename", "read"]));
  tellFigures("G2", { failedCalls: names.length });
  const completed = tasks.filter((task) => task.status === "completed").length;
  console.log(
    `${names.length} calls failed in turn (${names.join(" ")}): ${completed} of ${call} runs completed`,
  );
});
