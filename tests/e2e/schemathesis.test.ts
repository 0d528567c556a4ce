import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { expect, it } from "vitest";
import { operations } from "#contracts/openapi/operations.ts";
import { fakeCommand } from "../programs.ts";
import { findPythonProgram } from "../python-package.ts";
import { createHome, startNode, type TestNode } from "../support.ts";

const found = await findPythonProgram({
  name: "schemathesis",
  version: "4.32.5",
  program: "schemathesis",
  check: ["--version"],
});
if ("missing" in found) {
  if (process.env["CI"] === "true") throw new Error(found.missing);
  process.stderr.write(`the tests with Schemathesis are skipped: ${found.missing}\n`);
}

const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Things that requests can name. */
async function seed(node: TestNode): Promise<Record<string, string>> {
  const payload = { mode: "flood", chunks: 3000, size: 16 };
  const { task_id } = await node.submit({ payload });
  const { result_artifact_id } = await node.task(task_id, 30);
  const made = await node.call<{ record: { token_id: string } }>("POST", "/v1/tokens", { role: "reader" });
  return {
    task_id,
    artifact_id: result_artifact_id ?? "",
    token_id: made.body.record.token_id,
    target_id: "agent",
    runtime_id: "agent",
    intent: "test.run",
  };
}

/** Which operations answered with a 2xx, by method and path as the document has it. */
function succeeded(reports: string): Set<string> {
  const file = readdirSync(reports).find((name) => name.startsWith("har")) ?? "";
  const { log } = JSON.parse(readFileSync(join(reports, file), "utf8")) as {
    log: { entries: { request: { method: string; url: string }; response: { status: number } }[] };
  };
  const good = log.entries.filter(({ response }) => response.status >= 200 && response.status < 300);
  return new Set(
    good.flatMap(({ request }) => {
      const { pathname } = new URL(request.url);
      const match = operations().find(
        ({ method, path }) =>
          method === request.method.toLowerCase() &&
          new RegExp(`^${path.replace(/[.]/g, "\\.").replace(/\{\w+\}/g, "[^/]+")}$`).test(pathname),
      );
      return match === undefined ? [] : [match.operationId];
    }),
  );
}

it.skipIf("missing" in found)(
  "Schemathesis finds nothing, and every operation answered 2xx at least once",
  async () => {
    using home = createHome({
      agent: { command: await fakeCommand(), more: { capabilities: ["test.run"] } },
    });
    await using node = await startNode(home);
    const reports = mkdtempSync(join(tmpdir(), "aethrolink-schemathesis-"));
    const flags = ["--checks", "all", "--seed", "7", "--max-examples", "20", "--request-timeout", "2"];
    const phases = ["--phases", "examples,coverage,fuzzing", "--report", "har", "--report-dir", reports];
    const { exitCode, all } = await execa(
      "program" in found ? found.program : "",
      [
        "--config-file",
        beside("schemathesis.toml"),
        "run",
        `${node.url}/openapi.json`,
        "-H",
        `Authorization: Bearer ${node.token}`,
        ...flags,
        ...phases,
      ],
      {
        env: {
          SEEDED: JSON.stringify(await seed(node)),
          SCHEMATHESIS_HOOKS: "schemathesis_hooks",
          PYTHONPATH: beside("."),
          PYTHONDONTWRITEBYTECODE: "1",
        },
        cwd: reports,
        reject: false,
        all: true,
      },
    );
    process.stdout.write(
      `${all
        .split("\n")
        .filter((line) => /generated|passed|in \d/.test(line))
        .join("\n")}\n`,
    );
    expect({ exitCode, all: exitCode === 0 ? "" : all }).toEqual({ exitCode: 0, all: "" });
    const answered = succeeded(reports);
    // It takes the document's own path for the document.
    const missing = operations()
      .map(({ operationId }) => operationId)
      .filter((id) => !answered.has(id) && id !== "getOpenapi");
    expect(missing).toEqual([]);
    rmSync(reports, { recursive: true });
  },
  300_000,
);
