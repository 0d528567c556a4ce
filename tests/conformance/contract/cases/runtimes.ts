/** When the operations that look closer at runtimes, and the one on the registry, answer what. */
import { type Call, type CasesOf, nothing, targets } from "../case.ts";
import { failing, refusedBodies, refusedToReaders, tooLarge } from "./refusals.ts";

const list: Call = (client) => client.listLaunches(targets.able);
const probe: Call = (client) => client.probeRuntime(targets.able, {});
const reload: Call = (client) => client.reloadRegistry({});
/** A body that the schema would refuse, were it read. */
const largeReload: Call = (client) => client.reloadRegistry(JSON.parse(`{"more":"${tooLarge}"}`));

export const runtimeCases: CasesOf<"listLaunches" | "probeRuntime" | "reloadRegistry"> = {
  listLaunches: {
    ...refusedToReaders(list),
    ...failing(list),
    200: { when: "with each start and how it ended", call: list },
    400: { when: "to a limit of none", call: (client) => client.listLaunches(targets.able, { limit: 0 }) },
    404: { when: "for a name that nothing has", call: (client) => client.listLaunches(nothing.name) },
  },
  probeRuntime: {
    ...refusedToReaders(probe),
    ...refusedBodies(probe, (client) =>
      client.probeRuntime(targets.able, { runtime_options: { more: tooLarge } }),
    ),
    200: [
      { when: "with what it announces", call: probe },
      { when: "with why it can't be started", call: (client) => client.probeRuntime(targets.missing) },
    ],
    400: {
      when: "to an executor that is no name",
      call: (client) => client.probeRuntime(targets.able, { runtime_options: { executor: "No Name" } }),
    },
    404: { when: "for a name that nothing has", call: (client) => client.probeRuntime(nothing.name) },
    503: { when: "while the node stops", at: "stopping", call: probe },
  },
  reloadRegistry: {
    ...refusedToReaders(reload),
    ...refusedBodies(reload, largeReload),
    ...failing(reload),
    200: { when: "with what has changed", call: reload },
    400: {
      when: "to a body that says anything",
      call: (client) => client.reloadRegistry(JSON.parse('{"path":"/etc/passwd"}')),
    },
    422: {
      when: "for a file with mistakes",
      call: (client, world) => world.withBrokenRegistry(() => client.reloadRegistry()),
    },
  },
};
