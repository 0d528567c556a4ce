/** The headers of a call: those of the registry, and what a task adds. */
import type { Json, Target } from "#src/core/ports.ts";
import { AdapterFault } from "#src/core/ports.ts";
import { objectIn } from "./json.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What the connection itself says; nobody else does. */
const reserved: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "content-type",
  "expect",
  "host",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

const isName = (name: string) => /^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name);
const isValue = (value: string) => /^[\t\x20-\x7e\x80-\xff]*$/.test(value);

/**
 * The registry's headers with their secrets.
 * @throws AdapterFault unavailable when a variable isn't set
 */
export function headersOf({ headers = {} }: Target, environment: Environment): { [name: string]: string } {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      if (typeof value === "string") return [name.toLowerCase(), value];
      const secret = environment[value.env];
      if (secret !== undefined && secret !== "" && isValue(secret)) return [name.toLowerCase(), secret];
      const why = secret ? "holds what no header can" : "is not set";
      throw new AdapterFault(
        "unavailable",
        `the header ${name}: the variable ${value.env} ${why} in the node's environment`,
      );
    }),
  );
}

/** The values that must not be shown. */
export function secretsOf({ headers = {} }: Target, environment: Environment): string[] {
  return Object.values(headers).flatMap((value) =>
    typeof value === "string" ? [] : shownOf(environment[value.env] ?? ""),
  );
}

/** A header's value as it may be repeated: whole, or without the scheme before it (`Bearer`). */
export const shownOf = (value: string): string[] => [value, value.replace(/^[\w-]+ +/, "")];

/**
 * Headers that a task adds; what the registry or the connection says is never replaced.
 * @throws AdapterFault submit_failed for one that is none
 */
export function withAdded(
  registry: { readonly [name: string]: string },
  added: Json | undefined,
): { [name: string]: string } {
  const own: { [name: string]: string } = {};
  for (const [name, value] of Object.entries(objectIn(added))) {
    const lower = name.toLowerCase();
    if (typeof value !== "string" || !isName(lower) || !isValue(value)) {
      throw new AdapterFault(
        "submit_failed",
        `runtime_options.headers: ${JSON.stringify(name)} can't be a header`,
      );
    }
    if (!reserved.has(lower)) own[lower] = value;
  }
  return { ...own, ...registry };
}
