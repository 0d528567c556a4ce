/**
 * Gives a task to a node and follows it to its end.
 *
 *   AETHROLINK_SERVER=http://127.0.0.1:7777 AETHROLINK_TOKEN=… node index.ts demo.echo "hello"
 */
import { AethrolinkError, createClient, UnreachableError } from "@aethrolink/client";

const [intent = "demo.echo", text = "hello"] = process.argv.slice(2);
const node = createClient({
  baseUrl: process.env["AETHROLINK_SERVER"],
  token: process.env["AETHROLINK_TOKEN"],
});

try {
  // The same key and body again give the same task: a retry never does the work twice.
  const key = { "Idempotency-Key": `ts-agent-${process.pid}-${Date.now()}` };
  const { task } = await node.createTask({ intent, payload: { text }, sender: "ts-agent" }, key);
  console.log(`${task.task_id} went to ${task.resolved_runtime}`);
  // Reconnects by itself, without a gap or a repeat, and ends with the task.
  for await (const event of node.streamTaskEvents(task.task_id)) {
    if (event.kind === "task.progress" && event.data.type === "message") console.log(`… ${event.data.text}`);
    else console.log(event.kind);
  }
  const { status, result, last_error } = await node.getTask(task.task_id);
  console.log(`${status}: ${result?.text ?? last_error?.detail ?? ""}`);
  process.exitCode = status === "completed" ? 0 : 1;
} catch (thrown) {
  if (thrown instanceof AethrolinkError) console.error(`${thrown.code}: ${thrown.detail}`);
  else if (thrown instanceof UnreachableError) console.error(`${thrown.message}. Is a node running?`);
  else throw thrown;
  process.exitCode = 1;
}
