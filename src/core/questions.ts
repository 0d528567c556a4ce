/**
 * The open questions of one run.
 *
 * Invariants:
 * 1. A question is settled once: by the caller, by its time, by the runtime itself, or by the run's end.
 * 2. What the caller, the time or the runtime settles is told; of the rest the run's end tells enough.
 */
import type { Answer } from "./answer.ts";
import { AdapterFault, type AskedQuestion, type Clock, type Signal } from "./ports.ts";

/** How a question came to be settled. `void`: its turn was cancelled, or has ended. */
export type Settlement =
  | { readonly by: "caller"; readonly answer: Answer }
  | { readonly by: "timeout" | "runtime" | "void" };

/** A settled question, and the promise that its answer is on its way. */
export interface Settled {
  readonly settlement: Settlement;
  /** To be settled by whoever tells the agent. */
  readonly told: PromiseWithResolvers<void>;
}

export interface Questions {
  /**
   * Asks.
   * @param tool_call_id whose end, told by the agent, settles the question
   * @param withdrawn aborted when the agent takes its request back
   * @returns how it was settled
   */
  ask(question: AskedQuestion, tool_call_id: string | undefined, withdrawn: AbortSignal): Promise<Settled>;
  /** See {@link Run.resume}. */
  answer(request_id: string, answer: Answer): Promise<void>;
  /** The agent goes on with a tool call that it had asked about. */
  wentOn(tool_call_id: string): void;
  /** The run is over, or shall be. */
  close(): void;
}

interface Open {
  readonly tool_call_id: string | undefined;
  settle(settlement: Settlement): PromiseWithResolvers<void>;
}

/** @param tell takes awaiting_input and resumed */
export function createQuestions(clock: Clock, tell: (signal: Signal) => void): Questions {
  const open = new Map<string, Open>();
  let over = false;

  const settle = (request_id: string, settlement: Settlement): PromiseWithResolvers<void> | undefined => {
    const question = open.get(request_id);
    if (question === undefined || !open.delete(request_id)) return undefined; // invariant 1
    if (settlement.by !== "void") tell({ kind: "resumed", request_id, by: settlement.by });
    return question.settle(settlement);
  };

  return {
    ask(question, tool_call_id, withdrawn) {
      const { request_id, timeout_ms } = question;
      const settled = Promise.withResolvers<Settled>();
      const takeBack = clock.after(timeout_ms, () => settle(request_id, { by: "timeout" }));
      const withdraw = (): void => void settle(request_id, { by: "runtime" });
      open.set(request_id, {
        tool_call_id,
        settle(settlement) {
          takeBack();
          withdrawn.removeEventListener("abort", withdraw);
          const told = Promise.withResolvers<void>();
          told.promise.catch(() => {}); // the end of the process tells the rest
          settled.resolve({ settlement, told });
          return told;
        },
      });
      if (over) {
        settle(request_id, { by: "void" });
        return settled.promise;
      }
      tell({ kind: "awaiting_input", question });
      withdrawn.addEventListener("abort", withdraw);
      if (withdrawn.aborted) withdraw();
      return settled.promise;
    },
    async answer(request_id, answer) {
      const told = settle(request_id, { by: "caller", answer });
      if (told === undefined) throw new AdapterFault("not_found", `the question ${request_id} is not open`);
      await told.promise;
    },
    wentOn(tool_call_id) {
      for (const [request_id, question] of open)
        if (question.tool_call_id === tool_call_id) settle(request_id, { by: "runtime" });
    },
    close() {
      over = true;
      for (const request_id of [...open.keys()]) settle(request_id, { by: "void" });
    },
  };
}
