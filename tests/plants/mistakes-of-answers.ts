/** Mistakes in what is taken and told: requests, results, artifacts, secrets, statuses, output. */
import type { Plant } from "./plants.ts";

const keepResult = "src/engine/keep-result.ts";
const large = "tests/integration/large.test.ts";
const tasksTest = "tests/unit/http/tasks.test.ts";
const following = "tests/e2e/cli/following.test.ts";
const secrets = {
  suite: "quick",
  test: "tests/unit/http/agents.test.ts",
  shows: "shows how an agent is reached to the operator and to itself, and to nobody else anywhere",
} as const;

export const answers: readonly Plant[] = [
  {
    name: "forgets-launch-if-down",
    mistake: "a delivery that is given in part means that nothing is launched",
    suite: "quick",
    test: tasksTest,
    shows: "with a part of the delivery leaves the other parts as they are by default",
    edits: [
      {
        file: "contracts/task-request.ts",
        find: "launch_if_down: z.boolean().default(true)",
        replace: "launch_if_down: z.boolean().default(false)",
      },
    ],
  },
  {
    name: "completes-a-cut-answer",
    mistake: "an answer that was cut off (max_tokens, a refusal) counts as completed",
    suite: "quick",
    test: "tests/unit/adapters/acp/signals.test.ts",
    shows: "%s is remote_failed with the partial text and the reason",
    edits: [
      {
        file: "src/adapters/acp/signals.ts",
        find: 'if (stop === "end_turn") return completed(',
        replace: 'if (stop !== undefined && stop !== "cancelled") return completed(',
      },
    ],
  },
  {
    name: "keeps-text-as-json",
    mistake: "an artifact of text says that it is JSON",
    suite: "quick",
    test: large,
    shows: "a result over 16 KB is an artifact, and the record has its first 2 KB",
    edits: [
      {
        file: keepResult,
        find: '(["text/markdown", result.text] as const)',
        replace: '(["application/json", result.text] as const)',
      },
    ],
  },
  {
    name: "serves-bytes-of-no-kind",
    mistake: "an artifact is served under a media type that is not its own",
    suite: "quick",
    test: tasksTest,
    shows: "is its bytes, and not again for those who have them",
    edits: [
      {
        file: "src/http/routes/artifacts.ts",
        find: '"Content-Type": row.media_type,',
        replace: '"Content-Type": "application/octet-stream",',
      },
    ],
  },
  {
    name: "lets-all-read-artifacts",
    mistake: "an artifact's file can be read by everybody on the machine",
    suite: "quick",
    test: "tests/conformance/artifacts.test.ts",
    shows: "an artifact on disk is a file of its name that only its owner can read",
    edits: [
      {
        file: "src/store/artifacts/disk.ts",
        find: 'open(path, "wx", 0o600)',
        replace: 'open(path, "wx", 0o644)',
      },
    ],
  },
  {
    name: "tells-secrets-of-targets",
    mistake: "GET /v1/targets shows commands and defaults to everybody",
    ...secrets,
    edits: [
      {
        file: "src/http/routes/targets.ts",
        find: "(detail ? detailOf : specOf)(engine, target)",
        replace: "detailOf(engine, target)",
      },
    ],
  },
  {
    name: "tells-secrets-of-agents",
    mistake: "GET /v1/agents shows commands and defaults to everybody",
    ...secrets,
    edits: [
      {
        file: "src/http/routes/agents.ts",
        find: "...(mayKnow(principal, agent.agent_id) ? reachOf(agent) : {}),",
        replace: "...reachOf(agent),",
      },
    ],
  },
  {
    name: "keeps-large-results-inline",
    mistake: "a large result is written into the record and the event",
    suite: "quick",
    test: large,
    shows: "a result over 16 KB is an artifact, and the record has its first 2 KB",
    edits: [
      {
        file: keepResult,
        find: "if (Buffer.byteLength(JSON.stringify(whole)) <= room) {",
        replace: "if (true) {",
      },
    ],
  },
  {
    name: "prints-at-the-end",
    mistake: "task-events reads to the end, and prints then",
    suite: "e2e",
    test: following,
    shows: "task-events prints what has happened while its task still runs",
    edits: [
      {
        file: "cli/commands/task-events.ts",
        find: "    for await (const event of followVisibly(id, flags.after, node, readable && isWatched())) say(event);",
        replace:
          "    const all: TaskEvent[] = [];\n    for await (const event of followVisibly(id, flags.after, node, readable && isWatched())) all.push(event);\n    for (const event of all) say(event);",
      },
    ],
  },
  {
    name: "follows-for-30-s",
    mistake: "task-events ends after the 30 s that any other request has",
    suite: "e2e",
    test: following,
    shows: "task-events goes on beyond 30 s, and beyond a minute, as long as something comes",
    edits: [
      {
        file: "cli/base.ts",
        find: "return { baseUrl, token, fetch: nodeFetch };",
        replace: "return { baseUrl, token, fetch: nodeFetch, signal: AbortSignal.timeout(30_000) };",
      },
    ],
  },
  {
    name: "takes-all-defaults-for-numbers",
    mistake: "a text among numeric --defaults comes as a number, or not at all",
    suite: "quick",
    test: "tests/unit/cli/agent-values.test.ts",
    shows: "takes each value for what it is: a text among numbers stays a text, and they stay numbers",
    edits: [
      {
        file: "cli/agent-values.ts",
        find: 'return typeof value === "number" && !isExact(value) ? text : value;',
        replace: 'return typeof value === "number" && !isExact(value) ? text : Number(value);',
      },
    ],
  },
  {
    name: "500-for-an-answer-nobody-asked-for",
    mistake: "an answer to a task that asks nothing is a fault of the node",
    suite: "quick",
    test: tasksTest,
    shows:
      "is 409 where the task asks for nothing, while it runs and behind its end, and 404 where there is none",
    edits: [
      {
        file: "contracts/errors.ts",
        find: "not_awaiting_input: row(409,",
        replace: "not_awaiting_input: row(500,",
      },
    ],
  },
  {
    name: "400-for-faults-of-ours",
    mistake: "an unexpected fault of the node is the caller's",
    suite: "quick",
    test: "tests/unit/http/requests.test.ts",
    shows: "of ours is 500 and says nothing of itself",
    edits: [
      {
        file: "src/http/problem.ts",
        find: 'return new RequestError("internal",',
        replace: 'return new RequestError("invalid_request",',
      },
    ],
  },
  {
    name: "500-says-why",
    mistake: "an unexpected fault tells the caller its message, with paths and secrets",
    suite: "quick",
    test: "tests/unit/http/requests.test.ts",
    shows: "of ours is 500 and says nothing of itself",
    edits: [
      {
        file: "src/http/problem.ts",
        find: '"The node made a mistake; its log says more under this request id."',
        replace: "String(thrown)",
      },
    ],
  },
];
