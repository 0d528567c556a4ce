/** What the suite of the adapters needs of one. */
import type { RuntimeAdapter, Target } from "#src/core/ports.ts";

export interface AdapterUnderTest extends AsyncDisposable {
  readonly adapter: RuntimeAdapter;
  /** Obeys the payload's mode. */
  readonly target: Target;
  /** Refuses every task before it has it. */
  readonly refusing: Target;
  /** Dies at launch. */
  readonly failing: Target;
  /** Its command doesn't exist. */
  readonly missing: Target;
  /** How many processes were started so far. */
  starts(): number;
}

export interface AdapterSetup {
  readonly name: string;
  /** Whether its targets list executors by name. Default: true. */
  readonly hasExecutors?: boolean;
  /** Whether it asks how a run stands, and isn't told. Default: false. */
  readonly polls?: boolean;
  /** Whether its words come all together with the end, and none before. Default: false. */
  readonly speaksAtItsEnd?: boolean;
  /** Whether a conversation goes on in its session. Default: true. */
  readonly keepsSessions?: boolean;
  /** Whether a runtime tells its version. Default: true. */
  readonly hasVersion?: boolean;
  /** `lineLimit`: bytes; adapters without lines ignore it. */
  open(limits: {
    readonly cancelGraceMs: number;
    readonly lineLimit?: number;
  }): AdapterUnderTest | Promise<AdapterUnderTest>;
}
