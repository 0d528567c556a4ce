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
  const forms = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < shortestSecret) continue;
    forms.add(secret);
    forms.add(JSON.stringify(secret).slice(1, -1));
  }
  // A longer secret may contain a shorter one.
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((masked, secret) => masked.replaceAll(secret, mask), text);
}

/** The last of what a process wrote to stderr. */
export interface StderrTail {
  add(chunk: Uint8Array): void;
  /** At most `limit` characters, secrets masked. */
  text(): string;
}

/** @param limit how much is kept, in bytes */
export function createStderrTail(limit: number, masker: Masker, longestSecret: number): StderrTail {
  // More than the limit is kept, so that a secret across the cut is masked whole.
  const kept = limit + longestSecret * 2;
  let chunks: Uint8Array[] = [];
  let size = 0;
  return {
    add(chunk) {
      chunks.push(chunk);
      size += chunk.length;
      while (size - (chunks[0]?.length ?? 0) >= kept) size -= chunks.shift()?.length ?? 0;
    },
    text() {
      const all = Buffer.concat(chunks);
      chunks = [all.subarray(Math.max(0, all.length - kept))];
      size = chunks[0]?.length ?? 0;
      return masker(all.subarray(Math.max(0, all.length - kept)).toString("utf8")).slice(-limit);
    },
  };
}
