/** What the doctor finds: each thing that was looked at, in one line. */

export const marks = ["ok", "warn", "fail"] as const;
export type Mark = (typeof marks)[number];

export interface Finding {
  /** What was looked at: node, token, registry, targets, command, greeting, announces, login. */
  readonly check: string;
  readonly target?: string;
  readonly mark: Mark;
  readonly says: string;
  /** What to do about it. */
  readonly advice?: string;
}

/** A finding without its target. */
export type Found = Omit<Finding, "target">;

export const ok = (check: string, says: string): Found => ({ check, mark: "ok", says });
export const warn = (check: string, says: string, advice?: string): Found =>
  advice === undefined ? { check, mark: "warn", says } : { check, mark: "warn", says, advice };
export const bad = (check: string, says: string, advice: string): Found => ({
  check,
  mark: "fail",
  says,
  advice,
});

/** One line, whatever it says. */
export function lineOf({ mark, target, check, says, advice }: Finding): string {
  const about = target === undefined ? check : `${target} ${check}`;
  const text = advice === undefined ? says : `${says} → ${advice}`;
  return `${mark.padEnd(5)}${about}: ${text.replaceAll(/\s+/g, " ").trim()}`;
}
