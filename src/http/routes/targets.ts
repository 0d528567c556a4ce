/** Targets, and the runtimes among them, over HTTP. */
import { initServer } from "@ts-rest/express";
import type { Response } from "express";
import type { z } from "zod";
import { contract } from "#contracts/index.ts";
import type { RuntimeStopRequest } from "#contracts/targets.ts";
import type { JsonObject, Target } from "#src/core/ports.ts";
import { exportedTargets } from "#src/engine/exported-targets.ts";
import { findTarget, healthOf, startRuntime, stopRuntime } from "#src/engine/runtimes.ts";
import { syncPeers } from "#src/engine/sync-peers.ts";
import { detailOf, specOf } from "#src/engine/target-spec.ts";
import type { Server } from "../app.ts";
import { requireOperator } from "../guard.ts";
import { peerOf } from "../peer-guard.ts";

type StopRequest = z.output<typeof RuntimeStopRequest>;

/** The handlers of the contract's targets. */
export function targetHandlers({ engine }: Server) {
  const specs = (res: Response, detail: boolean | undefined, isShown: (target: Target) => boolean) => {
    if (detail) requireOperator(res, "see the details of targets");
    const shown = [...engine.network.discovery.targets().values()].filter(isShown);
    return shown.map((target) => (detail ? detailOf : specOf)(engine, target));
  };
  const list = async (
    res: Response,
    { detail, refresh }: { detail?: boolean | undefined; refresh?: boolean | undefined },
  ) => {
    const peer = peerOf(res);
    // Another node is told what is exported to it, and makes nobody ask others.
    if (peer !== undefined) return exportedTargets(engine, peer);
    if (refresh) await syncPeers(engine);
    return specs(res, detail, () => true);
  };
  const health = async (target: Target) => {
    const { healthy, ...details } = await healthOf(engine, target);
    return { runtime_id: target.target_id, healthy, details };
  };
  const start = async (target: Target, options: object | undefined) => {
    const { lease, started } = await startRuntime(engine, target, (options ?? {}) as JsonObject);
    const process_id = lease.process_id === null ? {} : { process_id: lease.process_id };
    return { runtime_id: target.target_id, started, lease_id: lease.lease_id, ...process_id };
  };
  const stop = async (target: Target, body: StopRequest | undefined) => {
    const options = body?.runtime_options as JsonObject | undefined;
    const stopped = await stopRuntime(engine, target, options, body?.force ?? false);
    return { runtime_id: target.target_id, stopped };
  };
  const runtime = (runtime_id: string) => findTarget(engine, runtime_id, "runtime_not_found");
  const target = (target_id: string) => findTarget(engine, target_id, "target_not_found");

  return initServer().router(contract.targets, {
    listTargets: async ({ query, res }) => ({ status: 200, body: { targets: await list(res, query) } }),
    listRuntimes: async ({ query, res }) => ({
      status: 200,
      body: { runtimes: specs(res, query.detail, ({ owner }) => owner === "local") },
    }),
    getRuntimeHealth: async ({ params }) => ({ status: 200, body: await health(runtime(params.runtime_id)) }),
    startRuntime: async ({ params, body }) => ({
      status: 202,
      body: await start(runtime(params.runtime_id), body?.runtime_options),
    }),
    stopRuntime: async ({ params, body }) => ({
      status: 202,
      body: await stop(runtime(params.runtime_id), body),
    }),
    getTargetHealth: async ({ params: { target_id } }) => ({
      status: 200,
      body: { ...(await health(target(target_id))), target_agent_id: target_id },
    }),
    startTarget: async ({ params: { target_id }, body }) => ({
      status: 202,
      body: {
        ...(await start(target(target_id), body?.runtime_options)),
        target_agent_id: target_id,
        healthy: true,
      },
    }),
    stopTarget: async ({ params: { target_id }, body }) => ({
      status: 202,
      body: { ...(await stop(target(target_id), body)), target_agent_id: target_id, healthy: false },
    }),
  });
}
