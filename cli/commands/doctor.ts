import { exitCodes, listRuntimes, type TargetSpec } from "@aethrolink/client";
import { Flags } from "@oclif/core";
import { NodeCommand, onlyJson, type SharedFlags } from "../base.ts";
import { type Connection, dataDirectory } from "../connection.ts";
import { checkNode, checkToken, type NodeCall, type Role, textOf } from "../doctor/check-node.ts";
import { checkTarget } from "../doctor/check-target.ts";
import { bad, type Finding, lineOf, warn } from "../doctor/finding.ts";
import { printable } from "../render.ts";

/** Looks whether all is well. */
export class Doctor extends NodeCommand {
  static override summary = "look whether node, token and targets are well, and say what to do";
  static override description =
    "Each runtime that is down is started and greeted for it, and stays up. Exits with 0 when nothing fails.";
  static override examples = ["<%= config.bin %> doctor", "<%= config.bin %> doctor --target research"];
  static override flags = {
    target: Flags.string({ description: "only this target" }),
    ...onlyJson,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Doctor);
    const findings: Finding[] = [];
    for await (const finding of this.examine(flags, flags.target)) {
      findings.push(finding);
      if (flags.json !== true) this.log(printable(lineOf(finding)));
    }
    const well = findings.every(({ mark }) => mark !== "fail");
    if (flags.json === true) this.log(JSON.stringify({ ok: well, findings }));
    if (!well) this.exit(exitCodes.doctor_found);
  }

  private async *examine(flags: SharedFlags, target: string | undefined): AsyncGenerator<Finding> {
    const connection = this.find(flags);
    if (connection instanceof Error) {
      yield bad("node", connection.message, "see `alink-cli doctor --help` for how to name it");
      return;
    }
    const call = this.callOf(connection);
    const node = await checkNode(call);
    yield node;
    if (node.mark === "fail") {
      // Loaded only here: no other command needs to read YAML.
      const { checkRegistry } = await import("../doctor/check-registry.ts");
      yield* checkRegistry(dataDirectory(flags["data-dir"], process.env), process.env, target);
      return;
    }
    const { found, role } = await checkToken(connection, call);
    yield found;
    // A process may not even ask which there are.
    if (role !== undefined && role !== "process") yield* examineTargets(call, role, target);
  }

  private find(flags: SharedFlags): Connection | Error {
    try {
      return this.connection(flags);
    } catch (thrown) {
      return new Error(textOf(thrown));
    }
  }
}

async function* examineTargets(
  call: NodeCall,
  role: Role,
  only: string | undefined,
): AsyncGenerator<Finding> {
  const isOperator = role === "operator";
  const { runtimes } = await listRuntimes(isOperator ? { detail: "true" } : undefined, call);
  const chosen = runtimes.filter(({ target_id }) => only === undefined || target_id === only);
  if (chosen.length === 0) yield noTarget(runtimes, only);
  if (!isOperator) {
    for (const { target_id } of chosen) {
      yield {
        target: target_id,
        ...warn("greeting", "it was not looked at: only the operator may start it"),
      };
    }
    return;
  }
  // All at once, since some take half a minute; told in their order.
  const looked = chosen.map((target) => ({ target, found: checkTarget(target, call) }));
  for (const { target, found } of looked) {
    for (const finding of await found) yield { target: target.target_id, ...finding };
  }
}

function noTarget(runtimes: readonly TargetSpec[], only: string | undefined): Finding {
  if (only === undefined) {
    const advice = "write a registry with alink-cli init, then alink-cli registry-reload";
    return warn("targets", "there are none", advice);
  }
  const names = runtimes.map(({ target_id }) => target_id).join(", ") || "none";
  return bad("targets", `there is no target ${only}`, `name one of those that there are: ${names}`);
}
