import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Question, TaskRecord } from "@aethrolink/client";
import { afterAll, describe, expect, it } from "vitest";
import { answerGiven, theOnlyQuestion } from "../../../cli/answer.ts";
import { answerOf } from "../../../cli/answering.ts";
import { fillIn, sampleOf } from "../../../cli/form.ts";
import { explainTask } from "../../../cli/outcome.ts";
import type { Person } from "../../../cli/person.ts";
import { answerCommand, findQuestions, type OpenQuestion, questionsInWords } from "../../../cli/questions.ts";

const task_id = "01KAT3Q4V5W6X7Y8Z9A0B1C2D3";
const allow = { option_id: "yes", name: "Allow", kind: "allow_once" };
const always = { option_id: "always", name: "Always allow", kind: "allow_always" };
const reject = { option_id: "no", name: "Reject", kind: "reject_once" };

const question = (more: Partial<OpenQuestion> = {}): OpenQuestion => ({
  task_id,
  target: "scribe",
  request_id: "01KAT3Q4V5W6X7Y8Z9A0B1C2D5",
  kind: "permission",
  prompt: "remove a file",
  asked_at: "2026-11-24T10:00:00.000Z",
  expires_at: "2026-11-24T10:00:55.000Z",
  options: [allow, always, reject],
  ...more,
});

const form = (schema: Question["schema"]) => {
  const { options: _none, ...rest } = question({ kind: "input", prompt: "What is the name?" });
  return schema === undefined ? rest : { ...rest, schema };
};

/** A person who enters these lines and then leaves. */
function personWith(...lines: string[]) {
  const seen: string[] = [];
  const person: Person = {
    say: (text) => void seen.push(text),
    async read(prompt) {
      seen.push(prompt);
      return lines.shift();
    },
  };
  return { person, seen, unread: lines };
}

describe("the command that answers a question", () => {
  const flags = (more: Partial<OpenQuestion>) => answerCommand(question(more), false).split(`${task_id} `)[1];

  it("is a yes where one option allows once, with the other ways behind it", () => {
    expect(answerCommand(question(), false)).toBe(
      `alink-cli task-resume ${task_id} --yes   (or --no, --option=always)`,
    );
  });

  it("names the question where the task asks more", () => {
    expect(answerCommand(question({ options: [allow] }), true)).toBe(
      `alink-cli task-resume ${task_id} --request-id 01KAT3Q4V5W6X7Y8Z9A0B1C2D5 --yes`,
    );
  });

  it("names an option where no yes and no no is offered", () => {
    expect(flags({ options: [always] })).toBe("--option=always");
  });

  it("stays one command, whatever an agent calls its options", () => {
    const named = (option_id: string) => flags({ options: [{ ...always, option_id }] });
    expect(named("x; rm -rf ~")).toBe("--option='x; rm -rf ~'");
    expect(named("it's $(id)")).toBe("--option='it'\\''s $(id)'");
    expect(named("a\nalink-cli b")).toBe("--option='a alink-cli b'");
    expect(named("-x")).toBe("--option=-x");
  });

  it("shows the shape of a form", () => {
    const schema = {
      type: "object",
      properties: { name: { type: "string" }, size: { type: "integer" }, note: { type: "string" } },
      required: ["name", "size"],
    };
    expect(answerCommand(form(schema), false)).toBe(
      `alink-cli task-resume ${task_id} --payload '{"name":"…","size":0}'   (or --no)`,
    );
    expect(answerCommand(form(undefined), false)).toContain(`--payload '{"text":"…"}'`);
  });
});

describe("questions in words", () => {
  it("are a block each, with what is to be done and how to answer", () => {
    const tool_call = {
      title: "remove a file",
      rawInput: { command: "rm -rf /tmp/x" },
      content: [{ type: "content", content: { type: "text", text: "in /tmp\n(run it)" } }, { type: "diff" }],
    };
    expect(questionsInWords([question({ tool_call })]).split("\n")).toEqual([
      "asked        remove a file",
      'with         {"command":"rm -rf /tmp/x"}',
      "with         in /tmp (run it)",
      'with         {"type":"diff"}',
      "option       yes: Allow (allow_once)",
      "option       always: Always allow (allow_always)",
      "option       no: Reject (reject_once)",
      "by           scribe",
      `task         ${task_id}`,
      "request      01KAT3Q4V5W6X7Y8Z9A0B1C2D5",
      "since        2026-11-24T10:00:00.000Z",
      "until        2026-11-24T10:00:55.000Z",
      `answer with  alink-cli task-resume ${task_id} --yes   (or --no, --option=always)`,
    ]);
  });

  it("can't be taken for words of ours", () => {
    const words = questionsInWords([question({ prompt: "ok?\nanswer with  alink-cli\u001b[2J" })]);
    expect(words.split("\n")[0]).toBe("asked        ok? answer with alink-cli\\x1b[2J");
  });

  it("name the request where a task has two of them", () => {
    const second = question({ request_id: "01KAT3Q4V5W6X7Y8Z9A0B1C2D6" });
    const other = question({ task_id: "01KAT3Q4V5W6X7Y8Z9A0B1C2D4" });
    const blocks = questionsInWords([question(), second, other]).split("\n\n");
    expect(blocks.map((block) => block.includes("--request-id"))).toEqual([true, true, false]);
  });

  it("say so where there are none", () => {
    expect(questionsInWords([])).toBe("Nothing is asked.");
  });

  it("are told with a task that asks", () => {
    const task = { task_id, status: "awaiting_input", awaiting: [question()] } as unknown as TaskRecord;
    expect(explainTask(task)).toBe(
      `the task asks: remove a file\n           Answer it with: alink-cli task-resume ${task_id} --yes   (or --no, --option=always)`,
    );
  });
});

it("questions are found on all pages, or at one task", async () => {
  const asked: string[] = [];
  const task = (n: number) => ({
    task_id: `${task_id.slice(0, -1)}${n}`,
    resolved_runtime: "scribe",
    awaiting: [{ request_id: `r${n}` }],
  });
  const answers: { readonly [query: string]: unknown } = {
    "/v1/tasks?status=awaiting_input&limit=200": { tasks: [task(2)], next_cursor: "next" },
    "/v1/tasks?status=awaiting_input&limit=200&cursor=next": { tasks: [task(1)], next_cursor: null },
    [`/v1/tasks/${task_id}`]: task(3),
  };
  const fetch = async (url: unknown) => {
    const path = String(url).slice("http://node".length);
    asked.push(path);
    return Response.json(answers[path]);
  };
  const node = { baseUrl: "http://node", fetch: fetch as typeof globalThis.fetch };
  const ids = (questions: readonly OpenQuestion[]) => questions.map(({ request_id }) => request_id);
  expect(ids(await findQuestions(undefined, node))).toEqual(["r2", "r1"]);
  expect(ids(await findQuestions(task_id, node))).toEqual(["r3"]);
  expect(asked).toEqual(Object.keys(answers));
});

describe("an answer in flags", () => {
  const dir = mkdtempSync(join(tmpdir(), "aethrolink-answer-"));
  afterAll(() => rmSync(dir, { recursive: true }));

  it("is a yes, a no, an option, or JSON, also of a file", async () => {
    const path = join(dir, "answer.json");
    writeFileSync(path, '{"name": "Ada"}');
    expect(await answerGiven({ yes: true })).toEqual({ approved: true });
    expect(await answerGiven({ no: true })).toEqual({ approved: false });
    expect(await answerGiven({ option: "always" })).toEqual({ option_id: "always" });
    expect(await answerGiven({ payload: '{"name": "Ada"}' })).toEqual({ name: "Ada" });
    expect(await answerGiven({ payload: `@${path}` })).toEqual({ name: "Ada" });
    expect(await answerGiven({})).toBeUndefined();
  });

  it("is one of them, readable and JSON", async () => {
    await expect(answerGiven({ yes: true, no: true })).rejects.toThrow(/one answer only/);
    await expect(answerGiven({ option: "", payload: "1" })).rejects.toThrow(/one answer only/);
    await expect(answerGiven({ payload: "yes" })).rejects.toThrow(/must be JSON/);
    await expect(answerGiven({ payload: `@${join(dir, "none")}` })).rejects.toThrow(/can't be read/);
  });

  it("is for the only question; of several, one is to be named", () => {
    const asking = (...awaiting: OpenQuestion[]) =>
      ({ task_id, resolved_runtime: "scribe", awaiting }) as unknown as TaskRecord;
    const second = question({ request_id: "01KAT3Q4V5W6X7Y8Z9A0B1C2D6", prompt: "remove\nanother" });
    expect(theOnlyQuestion(asking())).toBeUndefined();
    expect(theOnlyQuestion(asking(second))?.request_id).toBe(second.request_id);
    expect(() => theOnlyQuestion(asking(question(), second))).toThrow(
      /--request-id:\n {2}01KAT3Q4V5W6X7Y8Z9A0B1C2D5 {2}remove a file\n {2}01KAT3Q4V5W6X7Y8Z9A0B1C2D6 {2}remove another$/,
    );
  });
});

describe("a person who is asked", () => {
  it("chooses an option by its number, and is asked again until it is one", async () => {
    const { person, seen } = personWith("0", "4", "yes", "", " 2 ");
    expect(await answerOf(question(), person)).toEqual({ option_id: "always" });
    expect(seen.slice(0, 5)).toEqual([
      "scribe asks: remove a file",
      "  1  Allow (allow_once)",
      "  2  Always allow (allow_always)",
      "  3  Reject (reject_once)",
      "1 to 3: ",
    ]);
  });

  it("may leave", async () => {
    expect(await answerOf(question(), personWith().person)).toBeUndefined();
    const schema = { properties: { a: {}, b: {} } };
    expect(await answerOf(form(schema), personWith("one").person)).toBeUndefined();
  });

  it("says anything where nothing is said of the answer's form", async () => {
    expect(await answerOf(form(undefined), personWith("Ada").person)).toBe("Ada");
  });

  it.each<[string, object, string[], unknown]>([
    ["text as it is", { type: "string" }, [" a b "], " a b "],
    ["a whole number", { type: "integer" }, ["1.5", "many", "7"], 7],
    ["a number", { type: "number" }, ["", "x", "1.5"], 1.5],
    ["yes or no", { type: "boolean" }, ["maybe", "Yes"], true],
    ["no", { type: "boolean" }, ["n"], false],
    ["one of a list, by number", { type: "string", enum: ["red", "blue"] }, ["red", "2"], "blue"],
    [
      "one of titled values, by number",
      { type: "string", oneOf: [{ const: "r", title: "Red" }, { const: "b" }] },
      ["1"],
      "r",
    ],
    [
      "several of a list, by commas",
      { type: "array", items: { type: "string", enum: ["a", "b", "c"] } },
      ["a, x", "a, c"],
      ["a", "c"],
    ],
    [
      "several of titled values",
      { type: "array", items: { anyOf: [{ const: "a", title: "A" }] } },
      ["a"],
      ["a"],
    ],
    ["its default", { type: "integer", default: 3 }, [""], 3],
    ["one of a list with a default", { enum: ["a", "b"], default: "b" }, ["c", ""], "b"],
  ])("enters %s", async (_what, schema, lines, value) => {
    const { person, unread } = personWith(...lines);
    expect(await fillIn({ properties: { field: schema }, required: ["field"] }, person)).toEqual({
      field: value,
    });
    expect(unread).toEqual([]);
  });

  it("may leave out what isn't required, and is shown titles and hints", async () => {
    const schema = {
      properties: {
        name: { type: "string", title: "Name", description: "Who\nit is for" },
        size: { type: "integer" },
      },
      required: ["name"],
    };
    const { person, seen } = personWith("", "Ada", "");
    expect(await fillIn(schema, person)).toEqual({ name: "Ada" });
    expect(seen).toEqual([
      "Who it is for",
      "Name: ",
      "It is needed. (Ctrl-C leaves the question open.)",
      "Name: ",
      "size (integer; may be left out): ",
    ]);
  });

  it("gets a form of no shape at all as nothing to enter", async () => {
    for (const schema of [{}, { properties: [] }, { properties: null }])
      expect(await fillIn(schema, personWith().person)).toEqual({});
  });
});

it("a sample of a form has what is required, else everything", () => {
  const properties = {
    color: { type: "string", enum: ["red", "blue"] },
    tags: { type: "array", items: { enum: ["x"] } },
    on: { type: "boolean" },
    other: "nonsense",
  };
  expect(sampleOf({ properties })).toEqual({ color: "red", tags: ["x"], on: true, other: "…" });
  expect(sampleOf({ properties, required: ["on"] })).toEqual({ on: true });
});
