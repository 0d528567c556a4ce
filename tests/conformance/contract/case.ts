/** What a case of the contract's suite says: when an operation answers a status, and how to bring it about. */
import type { ErrorCode } from "#contracts/errors.ts";
import type { Client, PairRequest, RotateRequest } from "#generated/client/src/index.ts";
import type { OperationId, StatusOf } from "#generated/msw/handlers.ts";

/** How the node stands that is asked. */
export type Situation =
  | "well"
  /** Told to stop, and not yet gone. */
  | "stopping"
  /** The database file is damaged. */
  | "damaged"
  /** The tables have gone from the database. */
  | "emptied"
  /** Installed without the documents that it serves. */
  | "undocumented";

/** Who asks. */
export type Caller = "operator" | "reader" | "agent" | "nobody";

/** The agent whose token the caller `agent` has. */
export const agentOfToken = "token-bearer";

/** What becomes of a request on its way, as the client itself would not send it. */
export type Alteration = "foreign host" | "foreign origin" | "origin twice" | "other media type";

/** A body, and the headers by which another node signs it. */
export interface SignedBody<Body> {
  readonly body: Body;
  readonly headers: { readonly [name: string]: string };
}

/** What there is at the node that is asked, made when a case needs it. */
export interface World {
  /** A task that has been done, with a few events. */
  endedTask(): Promise<string>;
  /** A task that runs until it is cancelled. */
  runningTask(): Promise<string>;
  /** A task that asks one question. */
  askingTask(): Promise<string>;
  /** A text artifact of 20,000 bytes or more. */
  artifact(): Promise<string>;
  /** An artifact whose bytes are others than those that were stored. */
  damagedArtifact(): Promise<string>;
  /** An agent that stays registered. */
  agent(): Promise<string>;
  /** An agent that nobody needs. */
  passingAgent(): Promise<string>;
  /** The token of the node itself. */
  ownToken(): Promise<string>;
  /** A token that nobody uses. */
  spareToken(): Promise<string>;
  /** The position of an event that is kept no more. */
  lostPosition(): Promise<number>;
  /** A target that has a task in hand. */
  busyTarget(): Promise<string>;
  /** A target whose queue is full. */
  fullTarget(): Promise<string>;
  /** The token of a process that has two tasks in hand. */
  processWithTwoTasks(): Promise<string>;
  /** A thread of `able` and `second` that nobody speaks in now. */
  thread(): Promise<string>;
  /** One with an open turn. */
  busyThread(): Promise<string>;
  /** One of `able` and a target whose queue is full. */
  fullThread(): Promise<string>;
  /** One with a participant that isn't there any more. */
  forsakenThread(): Promise<string>;
  /** A trusted peer that answers. */
  peer(): Promise<string>;
  /** A peer that nothing else needs. */
  sparePeer(): Promise<string>;
  /** A peer that does not answer. */
  deadPeer(): Promise<string>;
  /** A code of another node that was not used, and that node's address. */
  invitation(): Promise<string>;
  /** What another node sends with an invitation of this one; its `headers` sign it. */
  pairing(changes?: object): Promise<SignedBody<PairRequest>>;
  /** What a peer sends when it has a new key. */
  rotation(changes?: object): Promise<SignedBody<RotateRequest>>;
  /** What comes of a call while the registry has mistakes. */
  withBrokenRegistry<T>(call: () => Promise<T>): Promise<T>;
}

/** Targets that every node has. */
export const targets = {
  /** Takes any intent and echoes. */
  able: "able",
  /** The same once more. */
  second: "second",
  /** Takes `twofold` alone; so does `other`. */
  one: "one",
  other: "other",
  /** Its command is not installed. */
  missing: "missing",
} as const;

/** The intent of two targets. */
export const twofold = "contract.twofold";

/** What no node has, in the form of an id and of a name. */
export const nothing = { id: "01KAT3Q4V5W6X7Y8Z9A0B1C2D3", name: "nobody-here" } as const;

/** A node id of nobody. */
export const aNode = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";

/** A call of the client: a promise of the answer, or a stream of events. */
export type Call = (client: Client, world: World) => Promise<unknown> | AsyncIterable<unknown>;

export interface Case {
  /** Completes the sentence "getTask answers 404 …". */
  readonly when: string;
  readonly call: Call;
  /** Default: well. */
  readonly at?: Situation;
  /** Default: the operator. */
  readonly by?: Caller;
  readonly altered?: Alteration;
  /** Which of the codes of this status; only where the operation has several there. */
  readonly code?: ErrorCode;
}

/** Cases of one operation; several of a status with several codes. */
export type CasesByStatus = { readonly [status: number]: Case | readonly Case[] };

/** A case for each status that each operation declares; a missing one does not compile. */
export type Cases = {
  readonly [Id in OperationId]: { readonly [Status in StatusOf<Id>]: Case | readonly Case[] };
};

/** Of some operations. */
export type CasesOf<Id extends OperationId> = Pick<Cases, Id>;
