/**
 * The processes that carry a launch's id in their environment, wherever they have gone (Linux; elsewhere
 * none can be found).
 *
 * Invariants:
 * 1. A process is killed only if its number still belongs to the one in whose environment the id was
 *    read: the id is read on both sides of the start time, and the start time again before the signal.
 * 2. A look can miss a process: one that is forked behind it, or is in the midst of an exec, when its
 *    environment can't be seen. So it goes on until two looks in a row, with time between them, saw
 *    neither a carrier nor such a one.
 * 3. It ends in bounded time, whatever is seen.
 */
import { readdirSync } from "node:fs";
import type { Clock } from "#src/core/ports.ts";
import { linux, read, startTimeOf, statOf } from "./os.ts";

/** A process that carries a launch id in its environment. */
export interface Carrier {
  readonly pid: number;
  readonly launch_id: string;
  readonly started: string;
}

/** The variable by which the processes of a launch are found again. */
export const launchIdVariable = "AETHROLINK_LAUNCH_ID";

/** Looking for the carriers of a launch takes no longer than this. */
export const longestLookMs = 2000;
const firstPauseMs = 2;
const longestPauseMs = 50;

/** The living processes of these launches. Never this one. */
export function carriersOf(launch_ids: ReadonlySet<string>): Carrier[] {
  return look(launch_ids).carriers;
}

/**
 * Kills what carries these launch ids: what can be seen at once, in this turn, and what a later look
 * finds; resolves when nothing more is found.
 */
export async function endCarriers(launch_ids: ReadonlySet<string>, clock: Clock): Promise<void> {
  if (!linux || launch_ids.size === 0) return;
  const until = clock.now() + longestLookMs;
  let clearLooks = 0;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    const { carriers, unclear } = look(launch_ids);
    for (const carrier of carriers) killCarrier(carrier);
    clearLooks = carriers.length === 0 && !unclear ? clearLooks + 1 : 0;
    if (clearLooks === 2 || clock.now() >= until) return;
    await new Promise<void>((resolve) => void clock.after(pauseMs, resolve));
  }
}

/** Whether a carrier lives in the group of this number, which then can't be another's. */
export function isInGroup({ pid, started }: Carrier, group: number): boolean {
  return statOf(pid)?.group === String(group) && startTimeOf(pid) === started;
}

/** Kills a carrier if its number is still its own. */
export function killCarrier(carrier: Carrier): void {
  if (startTimeOf(carrier.pid) !== carrier.started) return;
  try {
    process.kill(carrier.pid, "SIGKILL");
  } catch {
    // it has gone in the meantime
  }
}

function look(launch_ids: ReadonlySet<string>): { carriers: Carrier[]; unclear: boolean } {
  const carriers: Carrier[] = [];
  if (!linux || launch_ids.size === 0) return { carriers, unclear: false };
  const pids = pidsThatLive();
  let unclear = pids === undefined;
  for (const pid of pids ?? []) {
    const environ = environOf(pid);
    if (environ === "unclear") unclear = true;
    const launch_id = variable(environ, launchIdVariable);
    if (launch_id === undefined || !launch_ids.has(launch_id)) continue;
    const started = startTimeOf(pid);
    if (started === null || variable(environOf(pid), launchIdVariable) !== launch_id) unclear = true;
    else carriers.push({ pid, launch_id, started });
  }
  return { carriers, unclear };
}

/** All but this process; undefined where it can't be looked at now: there may be no file left to open. */
function pidsThatLive(): number[] | undefined {
  try {
    const pids = readdirSync("/proc").map(Number);
    return pids.filter((pid) => Number.isInteger(pid) && pid !== process.pid);
  } catch {
    return undefined;
  }
}

/**
 * A process's environment; empty when it has none, has gone, or isn't ours to look at. `unclear`: it is
 * in the midst of an exec, when the old environment has gone and the new one isn't there yet.
 */
function environOf(pid: number): string {
  const tries = 3;
  for (let each = 0; each < tries; each += 1) {
    const environ = read(`/proc/${pid}/environ`);
    if (environ !== "") return environ ?? "";
    const stat = statOf(pid);
    // No memory: a zombie, or a thread of the kernel.
    if (stat === undefined || stat.memory === "0") return "";
    if (stat.environEnd === "0") return "unclear";
  }
  return "";
}

function variable(environ: string, name: string): string | undefined {
  const marker = `\0${name}=`;
  const whole = `\0${environ}`;
  const at = whole.indexOf(marker);
  if (at < 0) return undefined;
  const end = whole.indexOf("\0", at + marker.length);
  return whole.slice(at + marker.length, end < 0 ? undefined : end);
}
