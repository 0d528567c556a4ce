/**
 * Takes the answers of HTTP/1.1 apart that come over one connection, one after the other: what Node's
 * servers send, and no more of the protocol than that.
 */

interface Head {
  readonly status: number;
  readonly chunked: boolean;
  /** Bytes of the part that comes, with what is behind it; undefined: its size isn't known yet. */
  left: number | undefined;
}

export interface Hearer {
  /** A part of the body. */
  part(bytes: Buffer): void;
  /** The answer has ended. */
  end(status: number): void;
}

function headOf(text: string): Head {
  const chunked = /\r\ntransfer-encoding: chunked/i.test(text);
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? 0);
  return { status: Number(text.slice(9, 12)), chunked, left: chunked ? undefined : length };
}

/** @returns takes bytes as they come */
export function answersReader(hearer: Hearer): (bytes: Buffer) => void {
  let held: Buffer = Buffer.alloc(0);
  let head: Head | undefined;

  /** What goes up to a mark, which is dropped. */
  const upTo = (mark: string): string | undefined => {
    const at = held.indexOf(mark);
    if (at < 0) return undefined;
    const text = held.toString("latin1", 0, at);
    held = held.subarray(at + mark.length);
    return text;
  };
  const takeHead = () => {
    const text = upTo("\r\n\r\n");
    if (text !== undefined) head = headOf(text);
    return text !== undefined;
  };
  const takeSize = (of: Head) => {
    const text = upTo("\r\n");
    if (text !== undefined) of.left = Number.parseInt(text, 16) + 2;
    return text !== undefined;
  };
  const takePart = (of: Head, left: number) => {
    if (held.length < left) return false;
    const part = held.subarray(0, of.chunked ? left - 2 : left);
    held = held.subarray(left);
    if (part.length > 0) hearer.part(part);
    if (of.chunked && part.length > 0) of.left = undefined;
    else {
      head = undefined;
      hearer.end(of.status);
    }
    return held.length > 0;
  };
  const step = () => {
    if (head === undefined) return takeHead();
    return head.left === undefined ? takeSize(head) : takePart(head, head.left);
  };
  return (bytes) => {
    held = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
    while (step());
  };
}
