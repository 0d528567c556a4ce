/** The refusals that operations share, made from a call that would be answered otherwise. */
import type { Call, CasesByStatus } from "../case.ts";

/** What the guard refuses of any operation, whatever the token. */
export const refused = (call: Call) =>
  ({
    400: { when: "when a header that decides came twice", altered: "origin twice", call },
    403: { when: "to a page of another origin", altered: "foreign origin", call },
    421: { when: "under a host name that isn't the node's", altered: "foreign host", call },
  }) satisfies CasesByStatus;

/** What the guard refuses of an operation that needs a token. */
export const refusedToStrangers = (call: Call) =>
  ({
    ...refused(call),
    401: { when: "without a token", by: "nobody", call },
  }) satisfies CasesByStatus;

/** An act, which only the operator may. */
export const refusedToReaders = (call: Call) =>
  ({
    ...refusedToStrangers(call),
    403: { when: "to a reader", by: "reader", call },
  }) satisfies CasesByStatus;

/** @param large the call with a body of more than 1 MiB */
export const refusedBodies = (call: Call, large: Call) =>
  ({
    413: { when: "for a body of more than 1 MiB", call: large },
    415: { when: "for a body of another media type", altered: "other media type", call },
  }) satisfies CasesByStatus;

/** What comes of a database that is not what it was. */
export const failing = (call: Call) =>
  ({
    500: { when: "when its tables have gone", at: "emptied", call },
    503: { when: "when its database is damaged", at: "damaged", call },
  }) satisfies CasesByStatus;

/** More than a body may have. */
export const tooLarge = "x".repeat(1024 * 1024 + 1);
