/**
 * Who may run: at most `max_concurrency` tasks of a target, and one of each lane.
 *
 * 1. First in, first out within a lane, by rank (the task's id), so that a task that comes back keeps
 *    its turn.
 * 2. A place is given at most once and given back at most once.
 */

/** A granted place. */
export interface Place {
  /** Gives it back; the next in the queue gets it at once. */
  release(): void;
}

export interface Places {
  /**
   * Asks for a place.
   * @param rank decides who goes first
   * @param lane null: a lane of its own
   * @param signal withdraws the request
   * @returns the place, or a promise of it; undefined when it was withdrawn
   */
  take(
    target: Spot,
    rank: string,
    lane: string | null,
    signal: AbortSignal,
  ): Place | Promise<Place | undefined>;
}

interface Spot {
  readonly target_id: string;
  readonly max_concurrency: number | null;
}

interface Waiter {
  readonly rank: string;
  readonly lane: Lane;
  readonly grant: (place: Place) => void;
}

interface Lane {
  readonly key: string;
  busy: boolean;
  readonly queue: Waiter[];
}

interface Hall {
  busy: number;
  readonly lanes: Map<string, Lane>;
  /** The first of each free lane that has a queue. */
  readonly first: Waiter[];
}

/** Makes the places of a node. */
export function openPlaces(): Places {
  const halls = new Map<string, Hall>();
  return {
    take(target, rank, lane, signal) {
      const hall = hallOf(halls, target.target_id);
      const limit = target.max_concurrency ?? Number.POSITIVE_INFINITY;
      const mine = laneOf(hall, lane ?? `\0${rank}`);
      if (!mine.busy && mine.queue.length === 0 && hall.busy < limit) return occupy(hall, mine, limit);
      return new Promise((resolve) => {
        const waiter: Waiter = { rank, lane: mine, grant: settle };
        const withdraw = () => {
          forget(hall, waiter);
          resolve(undefined);
        };
        function settle(place: Place) {
          signal.removeEventListener("abort", withdraw);
          resolve(place);
        }
        signal.addEventListener("abort", withdraw, { once: true });
        insertByRank(mine.queue, waiter);
        refreshFirst(hall, mine);
        grantAll(hall, limit);
      });
    },
  };
}

function hallOf(halls: Map<string, Hall>, target_id: string): Hall {
  const known = halls.get(target_id);
  if (known !== undefined) return known;
  const hall: Hall = { busy: 0, lanes: new Map(), first: [] };
  halls.set(target_id, hall);
  return hall;
}

function laneOf(hall: Hall, key: string): Lane {
  const known = hall.lanes.get(key);
  if (known !== undefined) return known;
  const lane: Lane = { key, busy: false, queue: [] };
  hall.lanes.set(key, lane);
  return lane;
}

function occupy(hall: Hall, lane: Lane, limit: number): Place {
  hall.busy++;
  lane.busy = true;
  let held = true;
  return {
    release() {
      if (!held) return;
      held = false;
      hall.busy--;
      lane.busy = false;
      tidy(hall, lane);
      grantAll(hall, limit);
    },
  };
}

function grantAll(hall: Hall, limit: number): void {
  while (hall.busy < limit) {
    const waiter = hall.first.shift();
    if (waiter === undefined) return;
    waiter.lane.queue.shift();
    waiter.grant(occupy(hall, waiter.lane, limit));
  }
}

function forget(hall: Hall, waiter: Waiter): void {
  remove(waiter.lane.queue, waiter);
  tidy(hall, waiter.lane);
}

/** Brings a lane's entry among the first up to date, and drops a lane that nobody uses. */
function tidy(hall: Hall, lane: Lane): void {
  if (!lane.busy && lane.queue.length === 0) hall.lanes.delete(lane.key);
  refreshFirst(hall, lane);
}

function refreshFirst(hall: Hall, lane: Lane): void {
  const listed = hall.first.find((waiter) => waiter.lane === lane);
  const head = lane.busy ? undefined : lane.queue[0];
  if (listed === head) return;
  if (listed !== undefined) remove(hall.first, listed);
  if (head !== undefined) insertByRank(hall.first, head);
}

function remove(list: Waiter[], waiter: Waiter): void {
  const at = list.indexOf(waiter);
  if (at >= 0) list.splice(at, 1);
}

/** Most arrive in order of rank, so the search begins at the end. */
function insertByRank(list: Waiter[], waiter: Waiter): void {
  let at = list.length;
  while (at > 0 && (list[at - 1]?.rank ?? "") > waiter.rank) at--;
  list.splice(at, 0, waiter);
}
