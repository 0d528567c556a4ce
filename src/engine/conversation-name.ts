/** What a conversation is called between nodes. */
import { createHash } from "node:crypto";

/**
 * Its id, or the id's SHA-256 where that is too long, or has what no header carries: a node puts the name of its
 * owner before it, and the whole is an id again.
 */
export const conversationName = (id: string): string =>
  /^[\x21-\x7e]{1,64}$/.test(id) ? id : createHash("sha256").update(id).digest("hex");
