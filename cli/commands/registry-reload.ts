import { type RegistryReloaded, reloadRegistry } from "@aethrolink/client";
import { NodeCommand } from "../base.ts";

/** Has the node read its registry file again. */
export class RegistryReload extends NodeCommand {
  static override summary =
    "have the node read its registry file again; a mistake changes nothing (operator)";
  static override examples = ["<%= config.bin %> registry-reload"];

  async run(): Promise<void> {
    const { flags } = await this.parse(RegistryReload);
    this.print(flags, await reloadRegistry(undefined, this.node(flags)), inWords);
  }
}

function inWords({ targets, ...change }: RegistryReloaded): string {
  const parts = Object.entries(change).flatMap(([what, names]) =>
    names.length === 0 ? [] : [`${what}: ${names.join(", ")}`],
  );
  const now = `Targets now: ${targets.join(", ") || "none"}.`;
  return parts.length === 0 ? `Nothing is different. ${now}` : `${parts.join("; ")}. ${now}`;
}
