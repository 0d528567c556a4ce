/** What is kept: on disk, in order, whole, and through restarts. */
import type { Guarantee } from "./guarantee.ts";

export const guaranteesOfStorage: readonly Guarantee[] = [
  {
    id: "G1",
    promise: "A task that was answered 202 is on disk, and so is every event that a reader saw.",
    tests: ["tests/faults/crash.test.ts"],
    full: { KILLS: 1000 },
    least: { kills: 1000, writers: 8 },
    most: { lost: 0 },
    says: "{kills} kills under {writers} writers: {lost} of {acknowledged} acknowledged tasks lost; {events} events that readers saw are all there, the database sound each time",
  },
  {
    id: "G2",
    promise:
      "A full disk or a failing one corrupts nothing: a call succeeds or says why not, and the next start is clean.",
    tests: [
      "tests/faults/io-faults.test.ts",
      "tests/faults/statement-faults.test.ts",
      "tests/faults/disk-full-at-each-moment.test.ts",
      "tests/faults/disk-full.test.ts",
      "tests/faults/unwritable.test.ts",
    ],
    full: { EVERY: 1 },
    least: { failedCalls: 10, failedStatements: 40, fullMoments: 4 },
    most: {},
    says: "{failedCalls} calls of the artifact store and {failedStatements} writes to the database failed in turn, and a disk was full from {fullMoments} moments on",
  },
  {
    id: "G18",
    promise:
      "An artifact is whole or an error: written beside, flushed, renamed, and verified whenever it is read.",
    tests: [
      "tests/integration/artifacts.test.ts",
      "tests/conformance/artifacts.test.ts",
      "tests/integration/large.test.ts",
      "tests/unit/http/tasks.test.ts",
      "tests/faults/io-faults.test.ts",
    ],
    full: { FLIPS: 2000 },
    least: { errors: 2000 },
    most: { wrongBytes: 0 },
    says: "{flips} artifacts with a flipped bit: {errors} errors, {wrongBytes} wrong bytes",
  },
  {
    id: "G19",
    promise:
      "A data directory has one writer, is migrated behind a backup, and is copied whole while it is in use.",
    tests: [
      "tests/faults/ports-and-locks.test.ts",
      "tests/faults/backup.test.ts",
      "tests/unit/store/open.test.ts",
      "tests/unit/store/migrate.test.ts",
      "tests/unit/upkeep/backup.test.ts",
    ],
    full: {},
    least: {},
    most: {},
    says: "{tests} tests of locks, migrations and backups",
  },
  {
    id: "memory",
    promise: "A node keeps nothing in memory of a task that has ended.",
    tests: ["tests/faults/memory.test.ts"],
    full: { TASKS: 100_000 },
    least: { tasks: 100_000 },
    most: { grownMb: 64 },
    says: "{grownMb} MB more after {tasks} tasks than after the first 1,000 ({beforeMb} MB)",
  },
];
