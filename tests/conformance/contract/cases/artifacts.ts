/** When the operation on artifacts answers what. */
import { type Call, type CasesOf, nothing } from "../case.ts";
import { failing, refusedToStrangers } from "./refusals.ts";

const readBytes: Call = async (client, world) => client.getArtifact(await world.artifact());
const readRange =
  (range: string): Call =>
  async (client, world) =>
    client.getArtifact(await world.artifact(), { Range: range });

export const artifactCases: CasesOf<"getArtifact"> = {
  getArtifact: {
    ...refusedToStrangers(readBytes),
    ...failing(readBytes),
    200: { when: "with the bytes", call: readBytes },
    206: { when: "with a range of the bytes", call: readRange("bytes=0-99") },
    304: {
      when: "to who has the bytes already",
      call: async (client, world) => client.getArtifact(await world.artifact(), { "If-None-Match": "*" }),
    },
    400: { when: "to what is no id", call: (client) => client.getArtifact("no-id") },
    404: { when: "for an artifact that isn't there", call: (client) => client.getArtifact(nothing.id) },
    416: { when: "for a range behind its end", call: readRange("bytes=9999999-") },
    500: [
      {
        when: "for bytes that were damaged",
        code: "artifact_corrupt",
        call: async (client, world) => client.getArtifact(await world.damagedArtifact()),
      },
      { ...failing(readBytes)[500], code: "internal" },
    ],
  },
};
