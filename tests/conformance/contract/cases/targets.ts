/** When the operations on targets, and on the runtimes among them, answer what. */
import { type Call, type CasesByStatus, type CasesOf, nothing, targets } from "../case.ts";
import { refusedBodies, refusedToReaders, refusedToStrangers, tooLarge } from "./refusals.ts";

type Health = "getTargetHealth" | "getRuntimeHealth";
type Start = "startTarget" | "startRuntime";
type Stop = "stopTarget" | "stopRuntime";

const listCases = (id: "listTargets" | "listRuntimes") => {
  const list: Call = (client) => client[id]({});
  return {
    ...refusedToStrangers(list),
    200: { when: "with all that there are, in detail", call: (client) => client[id]({ detail: "true" }) },
    400: {
      when: "to a detail that is neither",
      call: (client) => client[id]({ detail: "perhaps" as "true" }),
    },
    403: {
      when: "to a reader who wants details",
      by: "reader",
      call: (client) => client[id]({ detail: "1" }),
    },
  } satisfies CasesByStatus;
};

const healthCases = (id: Health) => {
  const read: Call = (client) => client[id](targets.able);
  return {
    ...refusedToStrangers(read),
    200: { when: "with how it stands", call: read },
    400: { when: "to what is no name", call: (client) => client[id]("No Name") },
    404: { when: "for a name that nothing has", call: (client) => client[id](nothing.name) },
  } satisfies CasesByStatus;
};

const startCases = (id: Start) => {
  const options = { executor: "default" };
  const start: Call = (client) => client[id](targets.able, { runtime_options: options });
  const large: Call = (client) =>
    client[id](targets.able, { runtime_options: { ...options, more: tooLarge } });
  return {
    ...refusedToReaders(start),
    ...refusedBodies(start, large),
    202: { when: "when it is up", call: (client) => client[id](targets.able) },
    400: {
      when: "to an executor that is no name",
      call: (client) => client[id](targets.able, { runtime_options: { executor: "No Name" } }),
    },
    404: { when: "for a name that nothing has", call: (client) => client[id](nothing.name) },
    502: { when: "for a command that isn't installed", call: (client) => client[id](targets.missing) },
    503: { when: "while the node stops", at: "stopping", call: start },
  } satisfies CasesByStatus;
};

const stopCases = (id: Stop) => {
  const stop: Call = (client) => client[id](targets.one, { force: true });
  const large: Call = (client) => client[id](targets.one, { runtime_options: { more: tooLarge } });
  return {
    ...refusedToReaders(stop),
    ...refusedBodies(stop, large),
    202: { when: "when it is down", call: stop },
    400: {
      when: "to a force that is neither",
      call: (client) => client[id](targets.one, JSON.parse('{"force":"perhaps"}')),
    },
    404: { when: "for a name that nothing has", call: (client) => client[id](nothing.name) },
    409: {
      when: "while it has a task in hand",
      call: async (client, world) => client[id](await world.busyTarget()),
    },
  } satisfies CasesByStatus;
};

export const targetCases: CasesOf<"listTargets" | "listRuntimes" | Health | Start | Stop> = {
  listTargets: listCases("listTargets"),
  listRuntimes: listCases("listRuntimes"),
  getTargetHealth: healthCases("getTargetHealth"),
  getRuntimeHealth: healthCases("getRuntimeHealth"),
  startTarget: startCases("startTarget"),
  startRuntime: startCases("startRuntime"),
  stopTarget: stopCases("stopTarget"),
  stopRuntime: stopCases("stopRuntime"),
};
