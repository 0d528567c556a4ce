/**
 * Ends what earlier lives of this node left running. To be awaited before anything new is launched.
 *
 * Invariants:
 * 1. A recorded pid is signalled only if its start time is the recorded one, looked at just before
 *    the signal. A later process of that number is never touched. When the leader has just ended, or a
 *    process that carries the launch's id is still in its group, the number of the group can't have been
 *    given away, and what is left of the group is killed.
 * 2. Beyond the group, only processes that carry the id of one of these launches are ended (Linux).
 * 3. Each open row gets its end, whatever was found.
 */
import type { Clock, LaunchLedger, LaunchRow } from "#src/core/ports.ts";
import { type Carrier, carriersOf, endCarriers, isInGroup } from "./carriers.ts";
import { signalGroup, startTimeOf } from "./os.ts";
import type { ProcessLog } from "./start.ts";

export interface ReaperOptions {
  readonly ledger: LaunchLedger;
  readonly clock: Clock;
  readonly log: ProcessLog;
  /** From SIGTERM to SIGKILL. Default: 1000. */
  readonly graceMs?: number;
}

const lookEveryMs = 20;
/** A killed process is waited for no longer than this. */
const goneMs = 2000;

/**
 * Ends every process of the ledger's open rows.
 * @returns how many rows were ended
 */
export async function reap(options: ReaperOptions): Promise<number> {
  const rows = [...options.ledger.open()];
  await Promise.all(rows.map((row) => endGroup(row, options)));
  const launch_ids = new Set(rows.map((row) => row.launch_id));
  killGroupsOf(carriersOf(launch_ids), rows);
  await endCarriers(launch_ids, options.clock);
  await Promise.all(rows.map((row) => note(row, options)));
  return rows.length;
}

/** Invariant 1: asked anew before every signal. */
function isStillIt(row: LaunchRow): boolean {
  return row.pid !== null && row.started_at_os !== null && startTimeOf(row.pid) === row.started_at_os;
}

function signal(row: LaunchRow, name: NodeJS.Signals): boolean {
  return row.pid !== null && isStillIt(row) && signalGroup(row.pid, name);
}

async function endGroup(row: LaunchRow, { clock, log, graceMs = 1000 }: ReaperOptions): Promise<void> {
  if (!signal(row, "SIGTERM")) return;
  log.info({ launch_id: row.launch_id, pid: row.pid }, "ending a process of an earlier life");
  if (await hasGone(row, graceMs, clock)) killRest(row);
  else signal(row, "SIGKILL");
  await hasGone(row, goneMs, clock);
}

function killRest(row: LaunchRow): void {
  if (row.pid !== null) signalGroup(row.pid, "SIGKILL");
}

function killGroupsOf(carriers: readonly Carrier[], rows: readonly LaunchRow[]): void {
  const byLaunch = new Map(rows.map((row) => [row.launch_id, row]));
  for (const carrier of carriers) {
    const row = byLaunch.get(carrier.launch_id);
    if (typeof row?.pid === "number" && isInGroup(carrier, row.pid)) killRest(row);
  }
}

async function hasGone(row: LaunchRow, ms: number, clock: Clock): Promise<boolean> {
  const deadline = clock.now() + ms;
  while (isStillIt(row)) {
    if (clock.now() >= deadline) return false;
    await new Promise<void>((resolve) => clock.after(lookEveryMs, resolve));
  }
  return true;
}

async function note(row: LaunchRow, { ledger, log }: ReaperOptions): Promise<void> {
  try {
    await ledger.ended(
      row.launch_id,
      "exited",
      "the node ended while it ran; ended when the node started again",
    );
  } catch (error) {
    log.warn({ launch_id: row.launch_id, err: error }, "the end of an earlier launch could not be noted");
  }
}
