/** The registry file, read anew while the node runs. */
import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { failures, storageFaults, withBody } from "./errors.ts";
import { Name } from "./shared.ts";

export const RegistryReloadRequest = z.strictObject({}).meta({
  id: "RegistryReloadRequest",
  description: "Nothing need be said.",
  examples: [{}],
});

const names = (description: string, examples: string[][]) => z.array(Name).meta({ description, examples });

export const RegistryReloaded = z
  .object({
    targets: names("All targets of the file.", [["research", "echo"]]),
    added: names("Those that are new.", [["echo"]]),
    changed: names("Those of which anything is different.", [[]]),
    removed: names("Those that are not there any more.", [[]]),
  })
  .meta({ id: "RegistryReloaded", description: "What the node took over from the registry." });
export type RegistryReloaded = z.infer<typeof RegistryReloaded>;

const reload = failures("registry_invalid", ...storageFaults);
const c = initContract();

export const registryRoutes = c.router({
  reloadRegistry: {
    method: "POST",
    path: "/v1/registry/reload",
    summary: "Read the registry file again",
    description:
      "The file is checked whole, then taken over at once; a mistake changes nothing, and errors says where each one stands. Tasks that wait for a target that has gone fail as route_not_found; those that run finish.",
    body: RegistryReloadRequest.optional(),
    responses: { 200: RegistryReloaded, ...reload.responses, ...withBody.responses },
    metadata: {
      operationId: "reloadRegistry",
      tags: ["registry"],
      codes: [...reload.codes, ...withBody.codes],
    },
  },
});
