/**
 * The sources of the client package: functions and types by orval from the API document, the parts that
 * are written by hand (configs/client), and the error table.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { generate } from "orval";
import { errorTable, exitCodes } from "#contracts/errors.ts";
import type { Part } from "#contracts/openapi/answers.ts";
import { clientOperations, type Operation } from "#contracts/openapi/operations.ts";

const byHand = fileURLToPath(new URL("../client/", import.meta.url));

/** Operations whose answer isn't one JSON value, and what reads it. */
const readers: { readonly [operationId: string]: { readonly file: string; readonly name: string } } = {
  streamTaskEvents: { file: "streams.ts", name: "streamOfTask" },
  streamEvents: { file: "streams.ts", name: "streamOfAll" },
  getArtifact: { file: "bytes.ts", name: "callForBytes" },
};

const banner = "/** Generated; see configs/generate/client.ts. */\n";

function errorTableModule(): string {
  const rows = Object.entries(errorTable).map(
    ([code, { status, retry, exit }]) =>
      `  ${code}: { status: ${status}, retry: ${retry}, exit: ${exit} },\n`,
  );
  const exits = Object.entries(exitCodes).map(([name, value]) => `  ${name}: ${value},\n`);
  return (
    `${banner}\n/** Per code: its HTTP status, whether the same request may succeed later, the exit code of a command. */\n` +
    `export const errorTable = {\n${rows.join("")}} as const;\n\n` +
    `/** Exit codes of the command line client. */\nexport const exitCodes = {\n${exits.join("")}} as const;\n`
  );
}

/** How many arguments go before the options. */
function arity({ parameters, body }: Operation): number {
  const ofPath = Object.keys(parameters.path?.shape ?? {}).length;
  return ofPath + [body, parameters.query, parameters.header].filter((each) => each !== undefined).length;
}

function clientModule(): string {
  const lines = clientOperations().map(
    (operation) =>
      `    ${operation.operationId}: bound(api.${operation.operationId}, ${arity(operation)}, config),\n`,
  );
  return `${banner}import * as api from "./api.ts";
import type { CallOptions, ClientConfig } from "./call.ts";
import { getTaskHistory } from "./history.ts";
import { waitForTask } from "./wait-for-task.ts";

/** All calls of a node. */
export type Client = ReturnType<typeof createClient>;

/** The same function, with a configuration under the options of each call. */
function bound<Args extends unknown[], Answer>(
  call: (...args: Args) => Answer,
  arity: number,
  config: ClientConfig,
): (...args: Args) => Answer {
  return (...args) => {
    const options: CallOptions = { ...config, ...(args[arity] as CallOptions | undefined) };
    return call(...(Object.assign([...args], { [arity]: options }) as Args));
  };
}

/**
 * All calls of a node, with its address and token given once.
 *
 * Each takes what the function of its name takes; options of a call go before the configuration.
 */
export function createClient(config: ClientConfig) {
  return {
${lines.join("")}    getTaskHistory: bound(getTaskHistory, 2, config),
    waitForTask: bound(waitForTask, 1, config),
  };
}
`;
}

async function runOrval(document: Part, folder: string): Promise<void> {
  const input = join(folder, "openapi.json");
  writeFileSync(input, JSON.stringify(document));
  const mutator = (file: string, name: string) => ({ path: join(folder, file), name, extension: ".ts" });
  await generate(
    {
      input: { target: input },
      output: {
        mode: "split",
        client: "fetch",
        target: join(folder, "api.ts"),
        urlEncodeParameters: true,
        headers: true,
        override: {
          enumGenerationType: "union",
          mutator: mutator("call.ts", "call"),
          fetch: { includeHttpResponseReturnType: false },
          operations: Object.fromEntries(
            Object.entries(readers).map(([operationId, { file, name }]) => [
              operationId,
              { mutator: { ...mutator(file, name), inferred: true } },
            ]),
          ),
        },
      },
    },
    folder,
  );
  rmSync(input);
}

/** Imports of files end in .ts here; tsc makes them .js. */
const withEndings = (source: string) =>
  source.replace(/(from\s+['"])(\.\/[\w.-]+?)(?:\.ts)?(['"])/g, "$1$2.ts$3");

/** @returns the sources, by their path below generated/client */
export async function clientSources(document: Part): Promise<{ path: string; content: string }[]> {
  const folder = mkdtempSync(join(tmpdir(), "aethrolink-client-"));
  try {
    for (const file of readdirSync(byHand)) {
      const text = readFileSync(join(byHand, file), "utf8");
      writeFileSync(join(folder, file), text.replaceAll('"#generated/client/src/', '"./'));
    }
    writeFileSync(join(folder, "error-table.ts"), errorTableModule());
    writeFileSync(join(folder, "client.ts"), clientModule());
    await runOrval(document, folder);
    return readdirSync(folder)
      .sort()
      .map((file) => ({
        path: `src/${file}`,
        content: withEndings(readFileSync(join(folder, file), "utf8")),
      }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
