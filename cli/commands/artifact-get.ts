import { writeFile } from "node:fs/promises";
import { getArtifact } from "@aethrolink/client";
import { Args, Flags } from "@oclif/core";
import { NodeCommand } from "../base.ts";
import { printable } from "../render.ts";
import { UsageError } from "../usage-error.ts";
import { idOf } from "../values.ts";

/** Fetches an artifact. */
export class ArtifactGet extends NodeCommand {
  static override summary = "fetch an artifact's bytes";
  static override examples = ["<%= config.bin %> artifact-get 01KAT3Q4V5W6X7Y8Z9A0B1C2D5 --output answer.md"];
  static override flags = {
    "artifact-id": Flags.string({ description: "the artifact" }),
    output: Flags.string({ char: "o", description: "file to write; default: standard output" }),
  };
  static override args = { artifact: Args.string({ description: "the artifact" }) };

  async run(): Promise<void> {
    const { flags, args } = await this.parse(ArtifactGet);
    const id = idOf("artifact-id", flags["artifact-id"], args.artifact);
    const { bytes, mediaType } = await getArtifact(id, undefined, this.node(flags));
    if (flags.output === undefined) {
      process.stdout.write(this.isReadable(flags) ? forTerminal(bytes, mediaType) : bytes);
      return;
    }
    try {
      await writeFile(flags.output, bytes);
    } catch (thrown) {
      throw new UsageError(
        `${flags.output} can't be written: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
      );
    }
    const written = { artifact_id: id, path: flags.output, media_type: mediaType, size_bytes: bytes.length };
    this.print(flags, written, () => `${flags.output}: ${bytes.length} bytes of ${mediaType}.`);
  }
}

/** A terminal takes text, and no bytes that it might obey. */
function forTerminal(bytes: Uint8Array, mediaType: string): string {
  if (/^text\/|json/.test(mediaType)) return printable(new TextDecoder().decode(bytes));
  throw new UsageError(`the artifact is ${mediaType}; name a file for it with --output`);
}
