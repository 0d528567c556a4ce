/** Node ids: an Ed25519 public key in the notation of did:key (multicodec ed25519-pub, base58btc). */
const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const multicodec = [0xed, 0x01];
const keyLength = 32;
const prefix = "did:key:z";

/** The node id of a public key of 32 bytes. */
export function nodeIdOf(publicKey: Uint8Array): string {
  if (publicKey.length !== keyLength) throw new Error(`an Ed25519 key has ${keyLength} bytes`);
  return prefix + toBase58(Uint8Array.from([...multicodec, ...publicKey]));
}

/** The public key of a node id; undefined: it is none. */
export function publicKeyOf(nodeId: string): Uint8Array | undefined {
  if (!nodeId.startsWith(prefix) || nodeId.length > 80) return undefined;
  const bytes = fromBase58(nodeId.slice(prefix.length));
  const isKey = bytes?.length === keyLength + 2 && bytes[0] === multicodec[0] && bytes[1] === multicodec[1];
  return isKey ? bytes?.subarray(2) : undefined;
}

/** The first byte is never 0 here, so that there are no leading zeros to be kept. */
function toBase58(bytes: Uint8Array): string {
  let number = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  let text = "";
  for (; number > 0n; number /= 58n) text = `${alphabet[Number(number % 58n)]}${text}`;
  return text;
}

function fromBase58(text: string): Uint8Array | undefined {
  let number = 0n;
  for (const char of text) {
    const digit = alphabet.indexOf(char);
    if (digit < 0) return undefined;
    number = number * 58n + BigInt(digit);
  }
  const bytes: number[] = [];
  for (; number > 0n; number /= 256n) bytes.unshift(Number(number % 256n));
  return Uint8Array.from(bytes);
}
