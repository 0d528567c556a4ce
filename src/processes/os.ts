/** What the operating system knows of processes. Linux reads /proc, macOS asks `ps`. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

const linux = process.platform === "linux";
let bootId: string | undefined;

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined; // the process has gone, or isn't ours to look at
  }
}

function linuxStartTime(pid: number): string | null {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return null;
  // The name in parentheses may hold anything; after it come the state and 18 fields to the start time.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state] = fields;
  const ticks = fields[19];
  if (state === "Z" || state === "X" || ticks === undefined) return null;
  bootId ??= read("/proc/sys/kernel/random/boot_id")?.trim() ?? "";
  return `${bootId} ${ticks}`;
}

function darwinStartTime(pid: number): string | null {
  try {
    const stdio: ["ignore", "pipe", "ignore"] = ["ignore", "pipe", "ignore"];
    const line = execFileSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], { encoding: "utf8", stdio });
    const [state = "", ...started] = line.trim().split(/\s+/);
    return started.length === 0 || state.startsWith("Z") ? null : started.join(" ");
  } catch {
    return null;
  }
}

/**
 * When a living process was started, in the system's own words: equal for the same process, different
 * for a later one of the same number, also after a reboot. Null: no such process, or it is dead.
 */
export function startTimeOf(pid: number): string | null {
  return linux ? linuxStartTime(pid) : darwinStartTime(pid);
}

/** Sends to a whole process group; false: there is none, or it isn't ours. */
export function signalGroup(leader: number, signal: NodeJS.Signals): boolean {
  if (leader <= 1 || leader === process.pid) return false; // 0 and 1 would mean far more than a group
  try {
    process.kill(-leader, signal);
    return true;
  } catch {
    return false;
  }
}

/** A process that carries a launch id in its environment. */
export interface Carrier {
  readonly pid: number;
  readonly launch_id: string;
  readonly started: string;
}

/** The variable by which the processes of a launch are found again. */
export const launchIdVariable = "AETHROLINK_LAUNCH_ID";

/** The living processes of these launches (Linux; elsewhere none can be found). Never this one. */
export function carriersOf(launch_ids: ReadonlySet<string>): Carrier[] {
  if (!linux || launch_ids.size === 0) return [];
  const found: Carrier[] = [];
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const environ = read(`/proc/${name}/environ`);
    if (environ === undefined) continue;
    const launch_id = variable(environ, launchIdVariable);
    if (launch_id === undefined || !launch_ids.has(launch_id)) continue;
    const started = startTimeOf(pid);
    if (started !== null) found.push({ pid, launch_id, started });
  }
  return found;
}

function variable(environ: string, name: string): string | undefined {
  const marker = `\0${name}=`;
  const whole = `\0${environ}`;
  const at = whole.indexOf(marker);
  if (at < 0) return undefined;
  const end = whole.indexOf("\0", at + marker.length);
  return whole.slice(at + marker.length, end < 0 ? undefined : end);
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

/** Kills what carries these launch ids until a look finds nothing more: a process may fork while it is looked for. */
export function killCarriers(launch_ids: ReadonlySet<string>): void {
  const rounds = 20;
  for (let round = 0; round < rounds; round += 1) {
    const carriers = carriersOf(launch_ids);
    if (carriers.length === 0) return;
    for (const carrier of carriers) killCarrier(carrier);
  }
}
