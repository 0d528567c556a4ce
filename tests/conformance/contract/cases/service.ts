/** When the operations on the node itself answer what. */
import type { Call, CasesByStatus, CasesOf } from "../case.ts";
import { refused, refusedToStrangers } from "./refusals.ts";

const openCases = (id: "ping" | "healthz" | "getOpenapi" | "getDocs", when: string) => {
  const call: Call = (client) => client[id]();
  return { ...refused(call), 200: { when, by: "nobody", call } } satisfies CasesByStatus;
};

const withoutDocuments = (call: Call) =>
  ({ 500: { when: "when it was installed without it", at: "undocumented", call } }) satisfies CasesByStatus;

export const serviceCases: CasesOf<"ping" | "healthz" | "getOpenapi" | "getDocs" | "getMetrics"> = {
  ping: openCases("ping", "to anybody"),
  healthz: {
    ...openCases("healthz", "to anybody while the node takes tasks"),
    503: { when: "while the node stops", at: "stopping", call: (client) => client.healthz() },
  },
  getOpenapi: {
    ...openCases("getOpenapi", "with the API document"),
    ...withoutDocuments((client) => client.getOpenapi()),
  },
  getDocs: {
    ...openCases("getDocs", "with the reference"),
    ...withoutDocuments((client) => client.getDocs()),
  },
  getMetrics: {
    ...refusedToStrangers((client) => client.getMetrics()),
    200: { when: "with the node's figures", by: "reader", call: (client) => client.getMetrics() },
  },
};
