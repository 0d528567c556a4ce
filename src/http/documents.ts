/** The generated documents that the node serves, read at their first request. */
import { readFile } from "node:fs/promises";

/** Beside the bundle, or where they are generated. */
const places = ["./", "../../generated/"];

async function find(name: string): Promise<string> {
  const tries = await Promise.allSettled(
    places.map((place) => readFile(new URL(place + name, import.meta.url), "utf8")),
  );
  const found = tries.find((attempt) => attempt.status === "fulfilled");
  if (found === undefined) throw new Error(`${name} is missing; run npm run build`);
  return found.value;
}

/** Reads a document once. */
export function openDocument(name: string): () => Promise<string> {
  let text: Promise<string> | undefined;
  return () => {
    text ??= find(name);
    return text;
  };
}
