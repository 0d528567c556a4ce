/**
 * One child process, from its spawn to the end of the last process that it left behind.
 *
 * Invariants:
 * 1. argv, never a shell; a process group of its own; an environment that carries its launch id.
 * 2. `exited` settles once, after the child has ended and its output was read, or waited for in vain.
 * 3. When the child ends, for whatever reason, its group and every process that carries its launch id
 *    are killed; `cleared` settles when none of these is found any more.
 * 4. stderr is kept only as a bounded, masked tail, and is never part of an error's message.
 */
import type { ChildProcess } from "node:child_process";
import { stat } from "node:fs/promises";
import type { Readable, Writable } from "node:stream";
import { execa } from "execa";
import { AdapterFault, type Clock } from "#src/core/ports.ts";
import { endCarriers, launchIdVariable, longestLookMs } from "./carriers.ts";
import { signalGroup, startTimeOf } from "./os.ts";
import { createMasker, createStderrTail, type Masker } from "./stderr-tail.ts";

export interface SuperviseOptions {
  readonly launch_id: string;
  readonly command: readonly string[];
  readonly cwd: string;
  /** The whole environment but for the launch id, which is added here. */
  readonly env: Readonly<Record<string, string>>;
  /** Values that are masked in what the child prints. */
  readonly secrets: readonly string[];
  readonly clock: Clock;
  /** Between end of stdin, SIGTERM and SIGKILL. Default: 3000. */
  readonly stepMs?: number;
  /** Aborted: there is no more time, the group is killed at once. */
  readonly hurry?: AbortSignal;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface Child {
  readonly launch_id: string;
  readonly pid: number;
  readonly started_at_os: string | null;
  /** The command's name, for messages. */
  readonly name: string;
  readonly stdin: Writable;
  /** Paused; its reader resumes it. */
  readonly stdout: Readable;
  readonly exited: Promise<Exit>;
  /** Settles when the child has ended and nothing that it left is found any more. */
  readonly cleared: Promise<void>;
  /** Keeps something with what it writes to stderr, for a child whose stdout is no protocol. */
  keep(chunk: Uint8Array): void;
  /** The last 64 KB of stderr, secrets masked. For the operator only. */
  stderr(): string;
  readonly mask: Masker;
  /**
   * Ends it: end of stdin, SIGTERM to the group, SIGKILL to the group, `stepMs` between them; resolves
   * when nothing is left of it. `urgent` leaves out the wait for the end of stdin. May be called again.
   */
  stop(urgent?: boolean): Promise<void>;
}

const stderrLimit = 64 * 1024;
/** How long output is waited for after the end of a child whose pipe someone else holds open. */
const drainMs = 2000;
const killWaitMs = 2000;

/** How a process ended, for people. */
export function describeExit(name: string, exit: Exit): string {
  if (exit.signal !== null) return `${name} was ended by ${exit.signal}`;
  return `${name} exited with code ${exit.code ?? "unknown"}`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}

function spawnFault(command: readonly string[], error: unknown): AdapterFault {
  const file = command[0] ?? "";
  const said: { readonly [code: string]: string } = {
    ENOENT: `command not found: ${file}`,
    EACCES: `permission denied: ${file}`,
  };
  const code = codeOf(error);
  return new AdapterFault("launch_failed", said[code] ?? `${file} can't be started: ${code}`, {
    cause: error,
  });
}

async function checkDirectory(cwd: string): Promise<void> {
  // Without this a missing directory looks like a missing command.
  const found = await stat(cwd).catch(() => undefined);
  if (found?.isDirectory() !== true) {
    throw new AdapterFault("launch_failed", `the working directory does not exist: ${cwd}`);
  }
}

/**
 * Starts a child.
 * @throws AdapterFault launch_failed, with what the system said
 */
export async function supervise(options: SuperviseOptions): Promise<Child> {
  const [file, ...args] = options.command;
  if (file === undefined) throw new AdapterFault("launch_failed", "the command is empty");
  await checkDirectory(options.cwd);
  const spawned = execa(file, args, {
    cwd: options.cwd,
    env: { ...options.env, [launchIdVariable]: options.launch_id },
    extendEnv: false,
    buffer: false,
    reject: false,
    detached: true,
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
  });
  const { pid } = spawned;
  if (pid === undefined) throw spawnFault(options.command, (await spawned).cause);
  spawned.stdout.pause();
  spawned.stdin.on("error", () => {}); // a child that ended; its exit tells
  return watch(options, pid, spawned);
}

interface Spawned {
  readonly nodeChildProcess: ChildProcess;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
}

function watch(options: SuperviseOptions, pid: number, spawned: Spawned): Child {
  const { clock, launch_id, secrets } = options;
  const masker = createMasker(secrets);
  const tail = createStderrTail(stderrLimit, secrets);
  spawned.stderr.on("data", (chunk: Uint8Array) => tail.add(chunk));
  const kill = (): void => {
    const { exitCode, signalCode } = spawned.nodeChildProcess;
    if (exitCode === null && signalCode === null) signalGroup(pid, "SIGKILL");
  };
  const carried = new Set([launch_id]);
  const cleared = Promise.withResolvers<void>();
  const ended = new Promise<Exit>((resolve) => {
    spawned.nodeChildProcess.once("exit", (code, signal) => {
      signalGroup(pid, "SIGKILL"); // at once: the group's number can't have been given away yet
      options.hurry?.removeEventListener("abort", kill);
      cleared.resolve(endCarriers(carried, clock));
      resolve({ code, signal });
    });
  });
  const exited = ended.then(async (exit) => {
    await within(drained(spawned.stdout), drainMs, clock);
    return exit;
  });
  options.hurry?.addEventListener("abort", kill);
  let stopping: Promise<void> | undefined;
  let urgently = (): void => {};
  const stepMs = options.stepMs ?? 3000;

  const escalate = async (urgent: boolean): Promise<void> => {
    const hurry = new Promise<void>((resolve) => {
      urgently = resolve;
    });
    spawned.stdin.end();
    if (!urgent) await within(Promise.race([ended, hurry]), stepMs, clock);
    if (await within(ended, 0, clock)) return;
    signalGroup(pid, "SIGTERM");
    if (await within(ended, stepMs, clock)) return;
    kill();
    if (!(await within(ended, killWaitMs, clock))) await endCarriers(carried, clock);
  };

  return {
    launch_id,
    pid,
    started_at_os: startTimeOf(pid),
    name: nameOf(options.command),
    stdin: spawned.stdin,
    stdout: spawned.stdout,
    exited,
    cleared: cleared.promise,
    keep: tail.add,
    stderr: tail.text,
    mask: masker,
    stop(urgent = false) {
      if (urgent) urgently();
      stopping ??= escalate(urgent).then(async () => {
        await within(cleared.promise, longestLookMs, clock);
      });
      return stopping;
    },
  };
}

/** The command's name, for messages. */
export function nameOf(command: readonly string[]): string {
  const [file = ""] = command;
  return file.slice(file.lastIndexOf("/") + 1);
}

function drained(stdout: Readable): Promise<void> {
  if (stdout.readableEnded || stdout.destroyed) return Promise.resolve();
  if (stdout.listenerCount("data") === 0) stdout.resume(); // nobody came to read it
  return new Promise((resolve) => {
    stdout.once("close", () => resolve());
    stdout.once("end", () => resolve());
  });
}

/** Whether something settles in time. */
function within(settles: Promise<unknown>, ms: number, clock: Clock): Promise<boolean> {
  return new Promise((resolve) => {
    const takeBack = clock.after(ms, () => resolve(false));
    const settled = (): void => {
      takeBack();
      resolve(true);
    };
    settles.then(settled, settled);
  });
}
