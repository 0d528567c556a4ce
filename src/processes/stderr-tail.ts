/** Secrets shorter than this can't be masked without masking ordinary words. */
const shortestSecret = 8;
const mask = "***";

/** Replaces every known secret in a text. */
export type Masker = (text: string) => string;

/**
 * @param secrets values that must not be shown; those under 8 characters are left alone
 * @returns a function that masks them, as they are and as JSON writes them
 */
export function createMasker(secrets: readonly string[]): Masker {
  const forms = longestFirst(secrets);
  return (text) => forms.reduce((masked, form) => masked.replaceAll(form, mask), text);
}

/** What a runtime said, with the secrets in its texts and names masked, however deep. */
export function maskedJson<T>(said: T, masker: Masker): T {
  const clean = (value: unknown): unknown => {
    if (typeof value === "string") return masker(value);
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [masker(name), clean(inner)]));
  };
  return clean(said) as T;
}

/** What is masked; the longest first, since a longer secret may contain a shorter one. */
function longestFirst(secrets: readonly string[]): readonly string[] {
  const forms = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < shortestSecret) continue;
    forms.add(secret);
    forms.add(JSON.stringify(secret).slice(1, -1));
  }
  return [...forms].sort((a, b) => b.length - a.length);
}

/** The last of what a process wrote to stderr. */
export interface StderrTail {
  add(chunk: Uint8Array): void;
  /** At most `limit` characters, secrets masked. */
  text(): string;
}

/**
 * @param limit how much is kept, in bytes
 * @param secrets as {@link createMasker} takes them
 */
export function createStderrTail(limit: number, secrets: readonly string[]): StderrTail {
  const masker = createMasker(secrets);
  const longest = Math.max(0, ...longestFirst(secrets).map((form) => Buffer.byteLength(form)));
  // More than the limit is kept, so that a secret across the cut is masked whole.
  const kept = limit + longest * 2;
  let chunks: Uint8Array[] = [];
  let size = 0;
  let dropped = false;
  return {
    add(chunk) {
      chunks.push(chunk);
      size += chunk.length;
      while (size - (chunks[0]?.length ?? 0) >= kept) {
        size -= chunks.shift()?.length ?? 0;
        dropped = true;
      }
    },
    text() {
      const all = Buffer.concat(chunks);
      dropped ||= all.length > kept;
      const window = all.subarray(Math.max(0, all.length - kept));
      chunks = [window];
      size = window.length;
      const masked = masker(window.toString("utf8"));
      // What it begins with may be the end of a secret, which nobody knows by that. It would come into view
      // where masks are shorter than what they stand for.
      return (dropped ? masked.slice(longest) : masked).slice(-limit);
    },
  };
}
