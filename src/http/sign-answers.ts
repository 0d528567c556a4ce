/**
 * Signs the answers to signed requests. A signature is made of the whole body, so that it is waited for
 * between the last byte that a handler writes and the first that leaves.
 */
import { createHash } from "node:crypto";
import type { Response } from "express";

/** Where HTTP carries a signature. */
const signatureHeader = "AethroLink-Signature";

type Sign = (answer: { readonly status: number; readonly body_sha256: string }) => Promise<string | null>;

const sha256Of = (bytes: string | Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** From now on what ends the response is signed first. */
export function signAnswers(res: Response, sign: Sign): void {
  const end = res.end.bind(res) as (...args: unknown[]) => Response;
  const signed = async (args: readonly unknown[]) => {
    const [chunk] = args;
    const bytes = typeof chunk === "string" || chunk instanceof Uint8Array ? chunk : "";
    const signature = await sign({ status: res.statusCode, body_sha256: sha256Of(bytes) });
    if (signature !== null) res.setHeader(signatureHeader, signature);
    end(...args);
  };
  res.locals["sign"] = sign;
  res.end = ((...args: unknown[]) => {
    // The head of a stream has gone, with its signature.
    if (res.headersSent || res.hasHeader(signatureHeader)) return end(...args);
    signed(args).catch((thrown: unknown) => res.destroy(thrown as Error));
    return res;
  }) as Response["end"];
}

/** Signs the head of a stream, if its request was signed: its frames are TLS's to guard. */
export async function signStream(res: Response): Promise<void> {
  const sign = res.locals["sign"] as Sign | undefined;
  const signature = await sign?.({ status: 200, body_sha256: sha256Of("") });
  if (signature) res.setHeader(signatureHeader, signature);
}
