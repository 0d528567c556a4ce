/**
 * The migrations as a module, so that a bundle holds them. `npm run generate` writes what this returns
 * to generated/migrations/index.ts; drizzle-kit writes the SQL beside it.
 */
import { readdirSync, readFileSync } from "node:fs";

const directory = new URL("../generated/migrations/", import.meta.url);

/** @returns the text of generated/migrations/index.ts */
export function migrationsModule(): string {
  const files = readdirSync(directory)
    .filter((file) => file.endsWith(".sql"))
    .sort();
  const entries = files.map((file) => {
    const sql = readFileSync(new URL(file, directory), "utf8").replaceAll("--> statement-breakpoint", "");
    return `  { name: ${JSON.stringify(file.replace(/\.sql$/, ""))}, sql: ${JSON.stringify(sql)} },\n`;
  });
  return (
    "/** Generated from src/store/schema.ts; the database's user_version counts how many were applied. */\n" +
    `export const migrations: readonly { name: string; sql: string }[] = [\n${entries.join("")}];\n`
  );
}

if (import.meta.main) process.stdout.write(migrationsModule());
