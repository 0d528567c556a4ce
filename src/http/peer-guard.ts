/**
 * Other nodes' way in: a signature in place of a token, on the routes that are for nodes.
 *
 * 1. Before the body is read the signature must hold, for this very request, and be a trusted peer's.
 * 2. When it has been read, its digest must be the signed one, and the message one that was never taken;
 *    only then does anything act on it.
 * 3. Whoever is refused learns nothing of why; the log says it, once a minute for each address.
 * 4. What a signed request is answered is signed too.
 */
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { NextFunction, Request, Response } from "express";
import { chainOf, signedHeaders, strangersMay } from "#src/core/claims.ts";
import type { LogRarely } from "#src/core/log-rarely.ts";
import type { PeerCaller, SignAnswer, VerifiedRequest, VerifyPeer } from "#src/core/network-ports.ts";
import { RequestError } from "#src/errors.ts";
import type { Logger } from "#src/log.ts";
import { routeOf } from "./paths.ts";
import { signAnswers } from "./sign-answers.ts";

export interface PeerGuardOptions {
  readonly verifyPeer: VerifyPeer;
  readonly signAnswer: SignAnswer;
  /** Whether callers without a signature may speak as nodes. */
  readonly allowUnsigned: boolean;
  /** False: everybody has the operator's rights, also without a token. */
  readonly auth: boolean;
  readonly logger: Logger;
  /** Which refusals are logged, by the address that they come from. */
  readonly rarely: LogRarely;
}

/** The node that asks; undefined: the caller is none. */
export const peerOf = (res: Response): PeerCaller | undefined => res.locals["peer"] as PeerCaller | undefined;

const verifiedOf = (res: Response) => res.locals["verified"] as VerifiedRequest | undefined;

/** Who asks, where only a node may. */
export function requirePeer(res: Response): PeerCaller {
  const peer = peerOf(res);
  if (peer === undefined) throw unbelieved();
  return peer;
}

const unbelieved = () =>
  new RequestError("unauthorized", "This is for trusted peers: the request must come with their signature.");

/** Lets nodes in, before the body is read. */
export function peerGuard(options: PeerGuardOptions) {
  return (req: Request, res: Response): Promise<void> | undefined => {
    const message_type = routeOf(req.method, req.path)?.message;
    if (message_type === undefined) return undefined;
    const signature = req.headers["aethrolink-signature"];
    if (typeof signature === "string") return admitSigned(options, req, res, { signature, message_type });
    const isToken = req.headers.authorization !== undefined;
    // A program with a token is no node; and what everybody may read as the operator is no node's alone.
    if (message_type === "targets.list" && (isToken || !options.auth || !options.allowUnsigned))
      return undefined;
    if (isToken && message_type !== "node.health") return undefined;
    // Which node this is, everybody may know.
    if (!options.allowUnsigned && message_type !== "node.health") return Promise.reject(unbelieved());
    res.locals["peer"] = { kind: "unsigned" } satisfies PeerCaller;
    return Promise.resolve();
  };
}

interface Signed {
  readonly signature: string;
  readonly message_type: Parameters<VerifyPeer>[0]["message_type"];
}

async function admitSigned(
  { verifyPeer, signAnswer, ...telling }: PeerGuardOptions,
  req: Request,
  res: Response,
  signed: Signed,
): Promise<void> {
  const also = req.headers["aethrolink-signature-new"];
  const chain = req.headers["aethrolink-chain"];
  const verified = await verifyPeer({
    ...signed,
    ...(typeof also === "string" ? { also } : {}),
    method: req.method,
    path: req.originalUrl,
    headers: signedHeaders(req.headers),
    chain: chainOf(typeof chain === "string" ? chain : undefined),
    strangers: strangersMay.has(signed.message_type),
  });
  if (typeof verified === "string") throw refusal(telling, req, res, verified);
  res.locals["verified"] = verified;
  res.locals["peer"] = verified.caller;
  signAnswers(res, (answer) => signAnswer(verified.claims, answer));
}

function refusal(
  { logger, rarely }: Pick<PeerGuardOptions, "logger" | "rarely">,
  req: Request,
  res: Response,
  reason: string,
): RequestError {
  const logged = rarely(req.ip ?? "");
  if (logged === undefined) return unbelieved();
  const about = {
    request_id: res.locals["request_id"],
    method: req.method,
    path: req.path,
    from: req.ip,
    reason,
    // Since the last one that was logged.
    ...(logged.before === 0 ? {} : { refused_before: logged.before }),
  };
  logger.warn(about, "a message of another node was refused");
  return unbelieved();
}

/** Keeps the digest of a body, for `verify` of the body parser. */
export function keepDigest(_req: IncomingMessage, res: ServerResponse, bytes: Buffer): void {
  const { locals } = res as Response;
  if (locals["verified"] !== undefined)
    locals["body_sha256"] = createHash("sha256").update(bytes).digest("hex");
}

const digestOfNothing = createHash("sha256").digest("hex");

export interface TakeOptions extends Pick<PeerGuardOptions, "logger" | "rarely"> {
  /** Counts a refusal. */
  readonly refused: () => void;
  /** Told of a trusted peer that speaks. */
  readonly heard: (peer_id: string) => void;
}

/** Takes a signed message when its body has been read. */
export function takeSigned({ refused, heard, ...telling }: TakeOptions) {
  return (req: Request, res: Response, next: NextFunction): void => {
    const verified = verifiedOf(res);
    if (verified === undefined) {
      next();
      return;
    }
    const reason = verified.take(String(res.locals["body_sha256"] ?? digestOfNothing));
    if (reason !== undefined) {
      refused();
      next(refusal(telling, req, res, reason));
      return;
    }
    if (verified.caller.kind === "peer") heard(verified.caller.peer_id);
    next();
  };
}
