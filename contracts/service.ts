/**
 * The node about itself: open to everybody, but for the figures.
 */
import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { failures } from "./errors.ts";

const c = initContract();
const Page = z.string().meta({ examples: ["<!doctype html><title>AethroLink</title>"] });
const Figures = z.string().meta({ examples: ["aethrolink_tasks_open 0\n"] });

export const Pong = z
  .object({
    ok: z.literal(true),
    service: z.literal("aethrolink"),
    version: z.string().meta({ examples: ["0.1.0"] }),
  })
  .meta({ id: "Pong", description: "A node is here." });

export const Healthz = z
  .object({ ok: z.boolean() })
  .meta({ id: "Healthz", description: "Whether the node takes tasks; one that is stopping answers 503." });

const stopping = failures("unavailable");
/** Where the node was not built whole. */
const unfound = failures("internal");

export const serviceRoutes = c.router({
  ping: {
    method: "GET",
    path: "/ping",
    summary: "Say that a node is here",
    responses: { 200: Pong },
    metadata: { operationId: "ping", tags: ["service"], codes: [], open: true },
  },
  healthz: {
    method: "GET",
    path: "/healthz",
    summary: "Say whether the node takes tasks",
    responses: { 200: Healthz, ...stopping.responses },
    metadata: { operationId: "healthz", tags: ["service"], codes: stopping.codes, open: true },
  },
  getOpenapi: {
    method: "GET",
    path: "/openapi.json",
    summary: "Read this document",
    responses: {
      200: z
        .looseObject({ openapi: z.string().meta({ examples: ["3.1.0"] }) })
        .meta({ id: "OpenapiDocument", description: "This document." }),
      ...unfound.responses,
    },
    metadata: { operationId: "getOpenapi", tags: ["service"], codes: unfound.codes, open: true },
  },
  getDocs: {
    method: "GET",
    path: "/docs",
    summary: "Read the reference as a page",
    responses: { 200: c.otherResponse({ contentType: "text/html", body: Page }), ...unfound.responses },
    metadata: { operationId: "getDocs", tags: ["service"], codes: unfound.codes, open: true },
  },
  getMetrics: {
    method: "GET",
    path: "/metrics",
    summary: "Read the node's figures",
    responses: { 200: c.otherResponse({ contentType: "text/plain", body: Figures }) },
    metadata: { operationId: "getMetrics", tags: ["service"], callers: ["operator", "reader"], codes: [] },
  },
});
