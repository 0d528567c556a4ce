/** Names for messages that nobody can guess or meet again. */
import { randomBytes } from "node:crypto";

export const newJti = (): string => randomBytes(16).toString("base64url");
