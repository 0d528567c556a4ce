import { spawnSync } from "node:child_process";
import { delimiter, join } from "node:path";

/** A Node in PATH that is older than the one that AethroLink is made for. */
export function findOlderNode(): string | undefined {
  const places = (process.env["PATH"] ?? "").split(delimiter).map((place) => join(place, "node"));
  return places.find((node) => {
    const { stdout } = spawnSync(node, ["-p", "process.versions.node"], { encoding: "utf8" });
    return Number.parseInt(stdout ?? "", 10) < 24;
  });
}
