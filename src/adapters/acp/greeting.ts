/** The first words with an agent: initialize and authenticate, and what it says of itself. */
import type { Clock, Json, JsonObject, Target } from "#src/core/ports.ts";
import { AdapterFault } from "#src/core/ports.ts";
import { isJsonObject } from "#src/core/prompt-text.ts";
import { type Masker, maskedJson } from "#src/processes/stderr-tail.ts";
import type { Connection } from "./connection.ts";
import { describeError } from "./signals.ts";

/** What an agent said of itself in its answer to initialize. */
export interface Announced {
  /** Empty where it said none. */
  readonly agentCapabilities: JsonObject;
  readonly agentInfo: Json;
  readonly authMethods: readonly Json[];
}

export interface GreetingOptions {
  readonly target: Target;
  readonly clock: Clock;
  /** Of this program. */
  readonly version: string;
  readonly initializeMs: number;
  /** Masks known secrets: what an agent says of itself, or of why it refuses, may hold what it was told. */
  readonly mask: Masker;
}

const protocolVersion = 1;

/**
 * Says initialize, and logs in where the registry says so.
 * @throws AdapterFault launch_failed when the agent refuses, is silent, or speaks another version
 */
export async function introduce(connection: Connection, options: GreetingOptions): Promise<Announced> {
  try {
    const announced = await initialize(connection, options);
    await logIn(connection, announced, options);
    return maskedJson(announced, options.mask);
  } catch (fault) {
    if (!(fault instanceof AdapterFault)) throw fault;
    throw new AdapterFault(fault.kind, options.mask(fault.message), { cause: fault });
  }
}

/** Whether an agent announced a call of sessionCapabilities. */
export function offersSession({ agentCapabilities }: Announced, call: "resume" | "close" | "list"): boolean {
  const { sessionCapabilities } = agentCapabilities;
  return isJsonObject(sessionCapabilities) && isJsonObject(sessionCapabilities[call]);
}

async function initialize(connection: Connection, options: GreetingOptions): Promise<Announced> {
  const asked = connection.request("initialize", {
    protocolVersion,
    clientCapabilities: {
      fs: { readTextFile: false, writeTextFile: false },
      terminal: false,
      elicitation: { form: {} },
    },
    clientInfo: { name: "aethrolink", version: options.version },
  });
  const said = await answered(asked, "initialize", options).catch((error: unknown) =>
    refused(error, "", options.mask),
  );
  const result = isJsonObject(said) ? said : {};
  if (result.protocolVersion !== protocolVersion) {
    const spoken = JSON.stringify(result.protocolVersion ?? null);
    throw new AdapterFault(
      "launch_failed",
      `the agent speaks protocol version ${spoken}, not ${protocolVersion}`,
    );
  }
  const { agentCapabilities, agentInfo = null, authMethods } = result;
  return {
    agentCapabilities: isJsonObject(agentCapabilities) ? agentCapabilities : {},
    agentInfo,
    authMethods: Array.isArray(authMethods) ? authMethods : [],
  };
}

/** An answer, or the end of patience. */
async function answered(
  asked: Promise<Json>,
  call: string,
  { clock, initializeMs }: GreetingOptions,
): Promise<Json> {
  const silence = Promise.withResolvers<never>();
  const takeBack = clock.after(initializeMs, () => {
    silence.reject(new AdapterFault("launch_failed", `${call} gave no answer in ${initializeMs} ms`));
  });
  try {
    return await Promise.race([asked, silence.promise]);
  } finally {
    takeBack();
  }
}

/** Logs in as the registry says, if it says so (authenticate). */
async function logIn(connection: Connection, { authMethods }: Announced, options: GreetingOptions) {
  const { auth_method: methodId } = options.target;
  if (methodId === null) return;
  const instruction = instructionOf(authMethods);
  const offered = authMethods.some((method) => isJsonObject(method) && method.id === methodId);
  if (!offered) {
    const detail = `the agent offers no login ${methodId}`;
    throw new AdapterFault("launch_failed", [detail, instruction].filter(Boolean).join(". "));
  }
  await answered(connection.request("authenticate", { methodId }), "authenticate", options).catch(
    (error: unknown) => refused(error, instruction, options.mask),
  );
}

function refused(error: unknown, instruction: string, mask: Masker): never {
  if (error instanceof AdapterFault) throw error;
  throw new AdapterFault("launch_failed", describeError(errorOf(error), instruction, mask), { cause: error });
}

/** The SDK's RequestError as the JSON that it was. */
export function errorOf(error: unknown): JsonObject {
  const { message } = error instanceof Error ? error : { message: String(error) };
  const code =
    error instanceof Error && "code" in error && typeof error.code === "number" ? error.code : null;
  const data = error instanceof Error && "data" in error ? (error.data as Json) : null;
  return { code, message, data };
}

/** What an agent offers to those who must log in, in its own words; empty: nothing. */
export function instructionOf(authMethods: readonly Json[]): string {
  const ways = authMethods.flatMap((method: Json) => {
    if (!isJsonObject(method)) return [];
    const words = [method.name, method.description].filter((word) => typeof word === "string" && word !== "");
    return words.length === 0 ? [] : [words.join(": ")];
  });
  return ways.length === 0 ? "" : `The runtime offers: ${ways.join("; ")}`;
}
