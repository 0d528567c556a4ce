/**
 * Cuts a byte stream into lines.
 *
 * Invariants:
 * 1. Lines come out whole and in order, wherever the chunks were cut.
 * 2. Each byte is looked at once, however long a line is.
 * 3. A line over the limit ends the splitter: `overflow` once, and nothing after it.
 */
export interface LineReader {
  /** A line's bytes without its newline; valid only during the call. */
  line(bytes: Buffer): void;
  /** A line was longer than the limit. */
  overflow(): void;
}

const newline = 0x0a;

/**
 * @param limit the longest line, in bytes without its newline
 * @returns takes the stream's chunks in order
 */
export function createLineSplitter(limit: number, reader: LineReader): (chunk: Buffer) => void {
  let parts: Buffer[] = [];
  let kept = 0;
  let over = false;

  const fits = (more: number): boolean => {
    if (kept + more <= limit) return true;
    over = true;
    parts = [];
    reader.overflow();
    return false;
  };

  const complete = (end: Buffer): void => {
    if (!fits(end.length)) return;
    const line = parts.length === 0 ? end : Buffer.concat([...parts, end]);
    parts = [];
    kept = 0;
    if (line.length > 0) reader.line(line);
  };

  return (chunk) => {
    let from = 0;
    let to = chunk.indexOf(newline);
    while (to >= 0 && !over) {
      complete(chunk.subarray(from, to));
      from = to + 1;
      to = chunk.indexOf(newline, from);
    }
    if (over || from === chunk.length || !fits(chunk.length - from)) return;
    parts.push(chunk.subarray(from));
    kept += chunk.length - from;
  };
}
