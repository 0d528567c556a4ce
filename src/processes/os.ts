/** What the operating system knows of processes. Linux reads /proc, macOS asks `ps`. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Whether /proc is there. */
export const linux = process.platform === "linux";
let bootId: string | undefined;

/** A file of /proc; undefined: the process has gone, or isn't ours to look at. */
export function read(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}

/** What Linux tells of a process. */
export interface Stat {
  readonly state: string | undefined;
  /** The number of its process group. */
  readonly group: string | undefined;
  /** In ticks since the boot. */
  readonly started: string | undefined;
  /** Bytes; "0": it has none. */
  readonly memory: string | undefined;
  /** Where its environment ends; "0": it isn't there yet. */
  readonly environEnd: string | undefined;
}

/** Undefined: there is no such process. */
export function statOf(pid: number): Stat | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The name in parentheses may hold anything; the third field comes after it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return {
    state: fields[0],
    group: fields[2],
    started: fields[19],
    memory: fields[20],
    environEnd: fields[48],
  };
}

function linuxStartTime(pid: number): string | null {
  const { state, started } = statOf(pid) ?? {};
  if (state === "Z" || state === "X" || started === undefined) return null;
  bootId ??= read("/proc/sys/kernel/random/boot_id")?.trim() ?? "";
  return `${bootId} ${started}`;
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
