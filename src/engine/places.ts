/**
 * Who may run: at most `max_concurrency` tasks of a target, and one of each lane.
 *
 * 1. First in, first out within a lane, by rank (the task's id), so that a task that comes back keeps
 *    its turn; between lanes the senders take turns.
 * 2. A place is given at most once and given back at most once.
 * 3. While a place is free, nobody waits who only needs a place.
 * 4. A place that was given back unused has cost its sender no turn.
 * 5. Nobody is told a position who holds a place, or no longer waits.
 */
import { byText, type SortedList, sortedList } from "#src/core/sorted-list.ts";
import { openTelling, type Telling } from "./queue-positions.ts";
import { openTurns, type Sender, type Turns } from "./turns.ts";

/** A granted place. */
export interface Place {
  /** Gives it back; the next in the queue gets it at once. */
  release(): void;
  /** Gives it back as one that nothing was done with: whoever asks for another first goes on at once. */
  giveBack(): void;
}

/** What a place is asked for. */
export interface Asking {
  /** Decides who goes first. */
  readonly rank: string;
  readonly sender: string;
  /** Null: a lane of its own. */
  readonly lane: string | null;
  /**
   * Hears how manieth it is to go (1: next), soon after it began to wait and whenever that has at least
   * halved.
   */
  readonly told?: (position: number) => void;
}

export interface Places {
  /**
   * Asks for a place.
   * @param signal withdraws the request
   * @returns the place, or a promise of it; undefined when it was withdrawn
   */
  take(target: Spot, asking: Asking, signal: AbortSignal): Place | Promise<Place | undefined>;
  /** How many wait at a target. */
  waiting(target_id: string): number;
  /**
   * Grants nothing until what it answers is called, so that those who ask meanwhile are in no one's way
   * for having asked first.
   */
  hold(): () => void;
}

interface Spot {
  readonly target_id: string;
  readonly max_concurrency: number | null;
}

interface Waiter {
  readonly rank: string;
  readonly lane: Lane;
  sender: Sender<Waiter> | undefined;
  readonly grant: (place: Place) => void;
  readonly told: (position: number) => void;
}

interface Lane {
  readonly key: string;
  busy: boolean;
  readonly queue: SortedList<Waiter>;
  /** The one of its queue that only needs a place. */
  ready: Waiter | undefined;
}

interface Hall {
  limit: number;
  busy: number;
  waiting: number;
  readonly lanes: Map<string, Lane>;
  readonly turns: Turns<Waiter>;
  readonly telling: Telling<Waiter>;
}

/** Makes the places of a node. */
export function openPlaces(): Places {
  const halls = new Map<string, Hall>();
  let held = false;

  const hallOf = (target_id: string): Hall => {
    const known = halls.get(target_id);
    if (known !== undefined) return known;
    const hall = openHall();
    halls.set(target_id, hall);
    return hall;
  };

  const grantAll = (hall: Hall): void => {
    while (!held && hall.busy < hall.limit) {
      const waiter = hall.turns.next();
      if (waiter === undefined) return;
      waiter.grant(occupy(hall, waiter));
    }
  };

  const occupy = (hall: Hall, waiter: Waiter): Place => {
    const { lane, sender } = waiter;
    hall.busy++;
    lane.busy = true;
    leave(hall, waiter);
    const takeBack = sender === undefined ? () => undefined : hall.turns.serve(sender);
    let given = true;
    const release = (): void => {
      if (!given) return;
      given = false;
      hall.busy--;
      lane.busy = false;
      tidy(hall, lane);
      grantAll(hall);
    };
    return {
      release,
      giveBack() {
        if (given) takeBack();
        release();
      },
    };
  };

  return {
    take(target, { rank, sender, lane, told }, signal) {
      const hall = hallOf(target.target_id);
      hall.limit = target.max_concurrency ?? Number.POSITIVE_INFINITY;
      const { promise, resolve } = Promise.withResolvers<Place | undefined>();
      let place: Place | undefined;
      const waiter: Waiter = {
        rank,
        lane: laneOf(hall, lane ?? `\0${rank}`),
        sender: undefined,
        grant(granted) {
          signal.removeEventListener("abort", withdraw);
          place = granted;
          resolve(granted);
        },
        told: told ?? (() => undefined),
      };
      function withdraw() {
        leave(hall, waiter);
        resolve(undefined);
      }
      enter(hall, waiter, sender);
      grantAll(hall);
      if (place !== undefined) return place;
      signal.addEventListener("abort", withdraw, { once: true });
      if (signal.aborted) withdraw();
      else hall.telling.begin(waiter);
      return promise;
    },
    waiting: (target_id) => halls.get(target_id)?.waiting ?? 0,
    hold() {
      held = true;
      return () => {
        held = false;
        for (const hall of halls.values()) grantAll(hall);
      };
    },
  };
}

function openHall(): Hall {
  const turns = openTurns<Waiter>();
  const telling = openTelling<Waiter>({
    positionOf: (waiter) =>
      waiter.sender === undefined ? undefined : turns.positionOf(waiter.sender, waiter),
    tell: (waiter, position) => waiter.told(position),
  });
  return { limit: Number.POSITIVE_INFINITY, busy: 0, waiting: 0, lanes: new Map(), turns, telling };
}

function laneOf(hall: Hall, key: string): Lane {
  const known = hall.lanes.get(key);
  if (known !== undefined) return known;
  const queue = sortedList<Waiter>((a, b) => byText(a.rank, b.rank));
  const lane: Lane = { key, busy: false, queue, ready: undefined };
  hall.lanes.set(key, lane);
  return lane;
}

function enter(hall: Hall, waiter: Waiter, sender: string): void {
  waiter.sender = hall.turns.come(sender, waiter);
  waiter.lane.queue.add(waiter);
  hall.waiting++;
  tidy(hall, waiter.lane);
}

/** Once it has left, it waits no more, whether it was granted or withdrawn. */
function leave(hall: Hall, waiter: Waiter): void {
  const { lane, sender } = waiter;
  if (sender === undefined) return;
  lane.queue.remove(waiter);
  tidy(hall, lane);
  hall.turns.go(sender, waiter);
  waiter.sender = undefined;
  hall.waiting--;
  hall.telling.moveOn(hall.waiting);
}

/** Brings up to date who of a lane only needs a place, and drops a lane that nobody uses. */
function tidy(hall: Hall, lane: Lane): void {
  const head = lane.busy ? undefined : lane.queue.items[0];
  if (!lane.busy && head === undefined) hall.lanes.delete(lane.key);
  if (lane.ready === head) return;
  const before = lane.ready;
  lane.ready = head;
  if (before?.sender !== undefined) hall.turns.setReady(before.sender, before, false);
  if (head?.sender !== undefined) hall.turns.setReady(head.sender, head, true);
}
