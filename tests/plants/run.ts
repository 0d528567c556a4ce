/**
 * Makes each of the known mistakes in a copy of the repository, runs the test that is to show it, and
 * demands that it fails; and that without a mistake all of these tests pass.
 *
 *   node configs/bootstrap.mjs plants [NAME...]
 */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { patternOf } from "./named-test.ts";
import { type Edit, guaranteesOf, type Plant, plants } from "./plants.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const say = (text: string) => process.stdout.write(`${text}\n`);

/** Links of the workspaces, which lead into the tree: the copy's lead into the copy. */
const workspaces = { aethrolink: "cli", "@aethrolink": undefined } as const;

/** Copies what git knows or would take, and links what is installed. */
function copyTree(): string {
  const copy = mkdtempSync(join(tmpdir(), "aethrolink-plants-"));
  const listed = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const { stdout } = spawnSync("git", listed, { cwd: root, encoding: "utf8", maxBuffer: 2 ** 26 });
  for (const file of stdout.split("\0").filter((name) => name !== "")) {
    mkdirSync(join(copy, dirname(file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  const modules = join(copy, "node_modules");
  mkdirSync(join(modules, "@aethrolink"), { recursive: true });
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (!Object.hasOwn(workspaces, name) && (name === ".bin" || !name.startsWith(".")))
      symlinkSync(join(root, "node_modules", name), join(modules, name));
  }
  symlinkSync(join(copy, workspaces.aethrolink), join(modules, "aethrolink"));
  symlinkSync(join(copy, "generated/client"), join(modules, "@aethrolink/client"));
  return copy;
}

function node(copy: string, ...args: string[]): number | null {
  const { status } = spawnSync(process.execPath, args, { cwd: copy, stdio: "ignore" });
  return status;
}

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly status: string;
      readonly title: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

interface Outcome {
  readonly kind: "passed" | "failed" | "not run";
  /** How its first failure begins. */
  readonly said: string;
}

/** How the tests end that plants name, in their order: one failure is one. */
function outcomes(copy: string, named: readonly Plant[]): Outcome[] {
  const report = join(copy, "report.json");
  rmSync(report, { force: true });
  const names = named.map(({ shows }) => patternOf(shows)).join("|");
  const suites = new Set(named.map(({ suite }) => suite));
  if (suites.has("e2e") || suites.has("faults")) node(copy, "configs/build.ts");
  const flags = ["--config", "configs/vitest.ts", "--reporter=json", `--outputFile.json=${report}`];
  const chosen = [...suites].flatMap((suite) => ["--project", suite]);
  const files = [...new Set(named.map(({ test }) => test))];
  node(copy, "node_modules/vitest/vitest.mjs", "run", ...flags, ...chosen, "-t", `(?:${names})$`, ...files);
  const { testResults } = JSON.parse(readFileSync(report, "utf8")) as Report;
  const all = testResults.flatMap(({ assertionResults }) => assertionResults);
  return named.map(({ shows }) => {
    const pattern = new RegExp(`^${patternOf(shows)}$`);
    const ran = all.filter(({ title, status }) => pattern.test(title) && /passed|failed/.test(status));
    const failed = ran.find(({ status }) => status === "failed");
    const said = failed?.failureMessages[0]?.split("\n")[0] ?? "";
    return { kind: failed ? "failed" : ran.length > 0 ? "passed" : "not run", said };
  });
}

/** Makes a mistake; disposing of it takes it back. */
function plant(copy: string, edits: readonly Edit[]): Disposable {
  const files = [...new Set(edits.map(({ file }) => join(copy, file)))];
  const before = files.map((path) => [path, readFileSync(path, "utf8")] as const);
  for (const { file, find, replace } of edits) {
    const text = readFileSync(join(copy, file), "utf8");
    writeFileSync(
      join(copy, file),
      text.replace(find, () => replace),
    );
  }
  return {
    [Symbol.dispose]() {
      for (const [path, text] of before) writeFileSync(path, text);
    },
  };
}

function chosen(names: readonly string[]): readonly Plant[] {
  const unknown = names.filter((name) => plants.every((each) => each.name !== name));
  if (unknown.length > 0)
    throw new Error(
      `there is no ${unknown.join(", ")}; there are ${plants.map(({ name }) => name).join(", ")}`,
    );
  return names.length === 0 ? plants : plants.filter(({ name }) => names.includes(name));
}

/** @throws Error for a row that can't be made any more */
function refuseStale({ name, edits }: Plant): void {
  for (const { file, find } of edits)
    if (readFileSync(join(root, file), "utf8").split(find).length !== 2)
      throw new Error(`${name}: ${file} has this not exactly once: ${find}`);
}

const wanted = chosen(process.argv.slice(2));
wanted.forEach(refuseStale);
const copy = copyTree();
const began = Date.now();
let bad = 0;
/** Of each guarantee, the mistakes that break it. */
const seen = new Map<string, string[]>();
try {
  for (const [n, outcome] of outcomes(copy, wanted).entries()) {
    if (outcome.kind === "passed") continue;
    bad += 1;
    say(`without a mistake, it is ${outcome.kind}: ${wanted[n]?.shows} ${outcome.said}`);
  }
  for (const each of wanted) {
    using _planted = plant(copy, each.edits);
    const { kind = "not run", said } = outcomes(copy, [each])[0] ?? {};
    if (kind !== "failed") bad += 1;
    say(`${kind === "failed" ? "seen" : `NOT SEEN (${kind})`}  ${each.name}: ${each.mistake}`);
    if (kind === "failed") say(`      ${said}`);
    for (const id of guaranteesOf(each))
      seen.set(id, [...(seen.get(id) ?? []), `${each.name}: ${kind === "failed" ? "red" : "GREEN"}`]);
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
for (const [id, named] of [...seen].sort(([a], [b]) => Number(a.slice(1)) - Number(b.slice(1))))
  say(`${id.padEnd(4)} ${named.join(", ")}`);
const seconds = Math.round((Date.now() - began) / 1000);
say(`${wanted.length} mistakes made in ${seconds} s; ${bad === 0 ? "each was seen" : `${bad} wrong`}`);
process.exitCode = bad === 0 ? 0 : 1;
