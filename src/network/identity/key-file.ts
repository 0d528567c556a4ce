/**
 * The node's key in its data directory.
 *
 * 1. It is its owner's alone: a file that others may read is refused, not closed, since it may have been
 *    read already.
 * 2. A key is on disk, whole, before anybody is told of it.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { IdentityProvider } from "#src/core/network-ports.ts";
import { messageOf, StartError } from "#src/errors.ts";
import { ed25519Identity, makeKey } from "./ed25519.ts";

const keyName = "node.key";

/** Where the key of a data directory is. */
export const keyFile = (dataDir: string) => join(dataDir, keyName);
/** Where the next one is, as long as peers are being told of it. */
export const nextKeyFile = (dataDir: string) => join(dataDir, `${keyName}.next`);

/**
 * The identity that a file holds; made where there is none.
 * @throws StartError 77 when others may use the file, 65 when it holds no key
 */
export function openIdentity(path: string): IdentityProvider {
  if (!existsSync(path)) write(path, makeKey());
  try {
    refuseWide(path);
    return ed25519Identity(readFileSync(path, "utf8"));
  } catch (thrown) {
    if (thrown instanceof StartError) throw thrown;
    const text = `${path} holds no key: ${messageOf(thrown)}; put back a copy, or remove it to become a new node that must be paired again`;
    throw new StartError("data", text, { cause: thrown });
  }
}

function refuseWide(path: string): void {
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) === 0) return;
  throw new StartError(
    "noPermission",
    `${path} is the node's key and has the mode ${mode.toString(8)}: others may use it. Run chmod 600 on it; if somebody may have read it, run alink-node rotate-key`,
  );
}

function write(path: string, pem: string): void {
  const whole = `${path}.${process.pid}.tmp`;
  const file = openSync(whole, "wx", 0o600);
  writeSync(file, pem);
  fsyncSync(file);
  closeSync(file);
  moveKey(whole, path);
}

/** Puts a key file in another's place, so that it stays there. */
export function moveKey(from: string, to: string): void {
  renameSync(from, to);
  const directory = openSync(dirname(to), "r");
  fsyncSync(directory);
  closeSync(directory);
}
