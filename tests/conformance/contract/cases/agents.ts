/** When the operations on agents answer what. */
import { agentOfToken, type Call, type CasesOf, nothing, targets } from "../case.ts";
import { failing, refusedBodies, refusedToReaders, refusedToStrangers, tooLarge } from "./refusals.ts";

const transport_kind = "local_managed";
const register: Call = (client) =>
  client.registerAgent({ agent_id: "contract-agent", transport_kind, capabilities: ["contract.edit"] });
const registerLarge: Call = (client) =>
  client.registerAgent({ transport_kind, metadata: { note: tooLarge } });
const beat: Call = async (client, world) =>
  client.heartbeatAgent(await world.agent(), { lease_ttl_seconds: 60 });
const beatLarge: Call = (client) =>
  client.heartbeatAgent(nothing.name, JSON.parse(JSON.stringify({ lease_ttl_seconds: tooLarge })));
const list: Call = (client) => client.listAgents();
const read: Call = async (client, world) => client.getAgent(await world.agent());
const unregister: Call = async (client, world) => client.unregisterAgent(await world.passingAgent());
const unregisterLarge: Call = (client) =>
  client.unregisterAgent(nothing.name, JSON.parse(JSON.stringify({ more: tooLarge })));

export const agentCases: CasesOf<
  "registerAgent" | "heartbeatAgent" | "listAgents" | "getAgent" | "unregisterAgent"
> = {
  registerAgent: {
    ...refusedToReaders(register),
    ...refusedBodies(register, registerLarge),
    ...failing(register),
    202: { when: "with the record", call: register },
    400: {
      when: "to an adapter that there is not",
      call: (client) =>
        client.registerAgent({ transport_kind, adapter: "telepathy", launch: { command: ["medium"] } }),
    },
    403: [
      { when: "to a reader", by: "reader", code: "forbidden", call: register },
      {
        when: "to an agent that says how it is started",
        by: "agent",
        code: "launch_not_allowed",
        call: (client) =>
          client.registerAgent({ agent_id: agentOfToken, transport_kind, launch: { command: ["anything"] } }),
      },
    ],
    409: {
      when: "for the name of a target of the registry",
      call: (client) => client.registerAgent({ agent_id: targets.able, transport_kind }),
    },
  },
  heartbeatAgent: {
    ...refusedToReaders(beat),
    ...refusedBodies(beat, beatLarge),
    ...failing(beat),
    202: { when: "with the record", call: beat },
    400: { when: "to what is no name", call: (client) => client.heartbeatAgent("No Name") },
    404: { when: "for an agent that isn't there", call: (client) => client.heartbeatAgent(nothing.name) },
  },
  listAgents: {
    ...refusedToStrangers(list),
    ...failing(list),
    200: { when: "with the agents", call: list },
  },
  getAgent: {
    ...refusedToStrangers(read),
    ...failing(read),
    200: { when: "with an agent", call: read },
    400: { when: "to what is no name", call: (client) => client.getAgent("No Name") },
    404: { when: "for an agent that isn't there", call: (client) => client.getAgent(nothing.name) },
  },
  unregisterAgent: {
    ...refusedToReaders(unregister),
    ...refusedBodies(unregister, unregisterLarge),
    ...failing(unregister),
    200: { when: "when it is gone", call: unregister },
    400: { when: "to what is no name", call: (client) => client.unregisterAgent("No Name") },
    404: { when: "for an agent that isn't there", call: (client) => client.unregisterAgent(nothing.name) },
  },
};
