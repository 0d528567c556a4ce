/**
 * The real Hermes: from its registry into the user's cache, once for each version, and a home
 * of its own for each test.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

const version = "0.19.0";
const requirement = `hermes-agent[acp]==${version}`;
/** The versions of Python that it takes, in the order in which they are looked for. */
const pythons = ["python3", "python3.13", "python3.12", "python3.11"];
const isFit = "import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))";

/** Its command, or why there is none here. */
export type Hermes = { readonly command: readonly string[] } | { readonly missing: string };

/**
 * Hermes, installed if it isn't yet (45 s, 230 MB).
 * @throws where REAL=require and it can't be had
 */
export async function findHermes(): Promise<Hermes> {
  const hermes = await installed().catch((thrown: unknown) => ({
    missing: `${requirement} can't be installed: ${lastLineOf(thrown)}`,
  }));
  if (!("missing" in hermes)) return hermes;
  if (process.env["REAL"] === "require") throw new Error(hermes.missing);
  process.stderr.write(`the tests with the real Hermes are skipped: ${hermes.missing}\n`);
  return hermes;
}

async function installed(): Promise<Hermes> {
  const cache = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "aethrolink", "runtimes");
  const stamp = join(cache, `hermes-agent-${version}`);
  const known = existsSync(stamp) ? readFileSync(stamp, "utf8") : "";
  if (known !== "" && existsSync(commandIn(known))) return { command: [commandIn(known)] };
  const python = await findPython();
  if (python === undefined)
    return { missing: "Hermes needs Python 3.11, 3.12 or 3.13 with venv, and none is here" };
  process.stderr.write(`installing ${requirement} into ${cache}\n`);
  mkdirSync(cache, { recursive: true });
  // Named at random and stamped when whole, since others may be at it at the same time.
  const place = mkdtempSync(`${stamp}-`);
  try {
    await run(python, ["-m", "venv", place]);
    await run(join(place, "bin", "pip"), ["install", "--quiet", "--disable-pip-version-check", requirement]);
    await run(commandIn(place), ["--check"]);
  } catch (thrown) {
    rmSync(place, { recursive: true, force: true });
    throw thrown;
  }
  writeFileSync(`${place}.stamp`, place);
  renameSync(`${place}.stamp`, stamp);
  return { command: [commandIn(place)] };
}

const commandIn = (place: string) => join(place, "bin", "hermes-acp");

async function findPython(): Promise<string | undefined> {
  for (const python of pythons) {
    const fits = await run(python, ["-c", isFit]).then(
      () => true,
      () => false,
    );
    if (fits) return python;
  }
  return undefined;
}

function lastLineOf(thrown: unknown): string {
  const { stderr = "", message } = thrown as { stderr?: string; message: string };
  return (stderr.trim() || message).split("\n").at(-1) ?? "";
}

/**
 * Makes a home for it that knows one model.
 * @returns the environment in which it finds that home, and nothing of the user's
 */
export function makeHermesHome(home: string, modelUrl: string): { HOME: string; HERMES_HOME: string } {
  mkdirSync(home);
  const model = { default: "fake-model", provider: "custom", base_url: modelUrl, api_key: "sk-fake" };
  writeFileSync(join(home, "config.yaml"), JSON.stringify({ model }));
  return { HOME: home, HERMES_HOME: home };
}
