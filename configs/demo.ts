/**
 * The main job, shown: a node starts, a task is given by intent, its target is down and gets started,
 * progress streams, a question is answered, the answer and the stored history are shown. Everything is
 * made in a temporary directory and gone afterwards. Run by `npm run demo`.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { type Client, createClient, type TaskEvent } from "@aethrolink/client";

const bin = (name: string) => fileURLToPath(new URL(`../cli/bin/${name}.mjs`, import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "aethrolink-demo-"));
const dataDir = join(scratch, "data");
const began = performance.now();

const say = (text: string) => process.stdout.write(`${text}\n`);
const title = (text: string) => say(`\n── ${text}`);

function expect(claim: boolean, what: string): void {
  if (!claim) throw new Error(`the demo went wrong: ${what}`);
}

/** A registry with one target: the fake runtime that is shipped for trials. */
function writeRegistry(): string {
  const path = join(scratch, "registry.yaml");
  const command = JSON.stringify([process.execPath, bin("fake-acp-client-agent")]);
  writeFileSync(
    path,
    `runtimes:\n  scribe:\n    adapter: acp\n    launch: { command: ${command} }\n    capabilities: [text.echo]\n`,
  );
  return path;
}

function spawnNode(signal: AbortSignal) {
  const flags = ["--port", "0", "--data-dir", dataDir, "--registry", writeRegistry(), "--log-level", "warn"];
  const child = spawn(process.execPath, [bin("alink-node"), ...flags], {
    stdio: ["ignore", "pipe", "inherit"],
    signal,
  });
  const exited = new Promise<number | null>((resolve) => child.once("close", resolve));
  child.once("error", () => {}); // it was interrupted
  return { child, exited };
}

async function addressIn(output: Readable): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const url = / answers at (\S+)/.exec(line)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error("the node did not start");
}

function eventLine({ created_at, kind, state, data, message }: TaskEvent): string {
  const step = "type" in data ? `[${data.type}]` : (message ?? "");
  const text = "text" in data && typeof data.text === "string" ? JSON.stringify(data.text) : step;
  return `   ${created_at.slice(11, 23)}  ${kind.padEnd(22)} ${state.padEnd(15)} ${text}`.trimEnd();
}

/** A task whose runtime asks for a permission, and goes on when it has its answer. */
async function showQuestion(node: Client): Promise<void> {
  title("A runtime may ask; the task waits until somebody answers");
  const delivery = { mode: "sync" as const };
  const { task } = await node.createTask({ intent: "text.echo", payload: { mode: "permission" }, delivery });
  const [question] = task.awaiting;
  if (question === undefined)
    throw new Error(`the demo went wrong: the task is ${task.status}, and asks nothing`);
  say(`   the task is ${task.status}: "${question.prompt}?"`);
  for (const { option_id, name, kind } of question.options ?? []) say(`     ${option_id}: ${name} (${kind})`);
  await node.resumeTask(task.task_id, { payload: { approved: true }, request_id: question.request_id });
  const done = await node.getTask(task.task_id, { wait: 30 });
  say(`   answered with yes, which means once; then it is ${done.status}: ${done.result?.text}`);
  expect(done.result?.text === "permission: allow_once", `it was told otherwise: ${done.result?.text}`);
}

async function show(url: string, signal: AbortSignal): Promise<void> {
  const token = readFileSync(join(dataDir, "operator.token"), "utf8").trim();
  const node = createClient({ baseUrl: url, token, signal });

  title("Nothing runs yet: the target is known, its runtime is down");
  const { targets } = await node.listTargets();
  for (const { target_id, capabilities } of targets) say(`   ${target_id} offers ${capabilities.join(", ")}`);
  const before = await node.getRuntimeHealth("scribe");
  say(`   scribe is ${before.details.state}`);
  expect(before.details.state === "down", "the runtime was up before its first task");

  title("A task is given by intent; the node finds the target and starts it");
  const { task } = await node.createTask({ intent: "text.echo", payload: { mode: "success" } });
  say(`   accepted as ${task.task_id}, on disk; following it:`);
  for await (const event of node.streamTaskEvents(task.task_id)) say(eventLine(event));

  title("The answer");
  const done = await node.getTask(task.task_id);
  say(`   ${done.status}: ${done.result?.text}`);
  expect(done.status === "completed", `the task is ${done.status}: ${done.last_error?.detail ?? ""}`);

  title("The same conversation goes on with the session that is still open");
  const second = {
    intent: "text.echo",
    conversation_id: done.conversation_id,
    delivery: { mode: "sync" as const },
  };
  const { task: again } = await node.createTask({ ...second, payload: { text: "HISTORY?" } });
  say(`   asked what was said before, it answers: ${again.result?.text}`);
  expect(again.result?.text.includes("success") === true, `it has forgotten: ${again.result?.text}`);

  await showQuestion(node);

  title("All of it is stored: the history of the first task, read again");
  const { events } = await node.getTaskHistory(task.task_id);
  say(`   ${events.length} events, seq 1 to ${events.at(-1)?.seq}, the last one ${events.at(-1)?.kind}`);
  expect(
    events.every((event, index) => event.seq === index + 1),
    "the history has a gap",
  );
}

const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => interruption.abort(new Error("the demo was interrupted")));
}
process.stdout.once("error", (thrown) => interruption.abort(thrown)); // `| head`

title("A node starts, in a directory of its own");
const { child, exited } = spawnNode(interruption.signal);
try {
  const url = await addressIn(child.stdout);
  say(`   it answers at ${url}; its reference is at ${url}/docs`);
  await show(url, interruption.signal);
  title("The node stops; its runtimes stop with it");
  child.kill("SIGTERM");
  const code = await exited;
  expect(code === 0, `the node ended with ${code}`);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  say(`\nThat was the main job, in ${seconds} s. Next: npm start, and README.md.`);
} catch (thrown) {
  const { signal } = interruption;
  const reason = signal.aborted ? signal.reason : thrown;
  process.stderr.write(`${reason instanceof Error ? reason.message : String(reason)}\n`);
  process.exitCode = 1;
  if (!child.killed) child.kill("SIGTERM");
  setTimeout(() => child.kill("SIGKILL"), 10_000).unref();
  await exited;
} finally {
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
}
