/** Artifacts that are damaged on disk, or that a browser would run. FLIPS: how many bits are flipped, one at a time. */
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createRandom } from "../faults/crash-load.ts";
import { type OpenServer, openServer } from "../open-server.ts";
import { tellFigures } from "../soak/figures.ts";

const flips = Number(process.env["FLIPS"] ?? 50);
const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1_000_000));

/** Keeps bytes as an artifact of a task that runs; gives its id and its address. */
async function kept({ node }: OpenServer, media_type: string, bytes: Uint8Array) {
  const { task_id } = await node.submit();
  await node.fake.turn(node.fake.turns.length - 1);
  await node.reaches(task_id, "running");
  const stored = await node.engine.artifacts.store(media_type, bytes);
  const task = node.engine.log.get(task_id);
  if (task === undefined) throw new Error(`${task_id} isn't open`);
  node.engine.artifacts.attach(task, stored);
  node.engine.log.batch.flush();
  return { path: `/artifacts/${stored.artifact_id}`, file: join(node.dir, "artifacts", stored.artifact_id) };
}

it(
  `${flips} artifacts with a flipped bit are each an error, whole and in part, and never wrong bytes`,
  async () => {
    await using server = await openServer({ fake: { script: () => {} } });
    const random = createRandom(seed);
    const bytes = Buffer.from(Array.from({ length: 20_000 }, (_, n) => n % 251));
    const { path, file } = await kept(server, "application/octet-stream", bytes);
    let errors = 0;
    for (let flip = 0; flip < flips; flip++) {
      const damaged = Buffer.from(bytes);
      const at = Math.floor(random() * damaged.length);
      damaged[at] = (damaged[at] ?? 0) ^ (1 << Math.floor(random() * 8));
      writeFileSync(file, damaged);
      // The part is another one than the damaged.
      const range = at < 10_000 ? "bytes=10000-10099" : "bytes=0-99";
      for (const headers of [{}, { range }]) {
        const { status, body } = await server.call("GET", path, undefined, headers);
        expect({ at, seed, status, body }).toMatchObject({ status: 500, body: { code: "artifact_corrupt" } });
      }
      errors++;
    }
    writeFileSync(file, bytes);
    expect((await server.call("GET", path)).status).toBe(200);
    tellFigures("G18", { flips, errors, wrongBytes: 0 });
  },
  20_000 + flips * 20,
);

it("an artifact that has become shorter or longer is an error", async () => {
  await using server = await openServer({ fake: { script: () => {} } });
  const bytes = Buffer.alloc(5000, "x");
  const { path, file } = await kept(server, "text/plain", bytes);
  const read = async () => (await server.call("GET", path)).status;
  truncateSync(file, 4999);
  expect(await read()).toBe(500);
  writeFileSync(file, "");
  expect(await read()).toBe(500);
  writeFileSync(file, bytes);
  expect(await read()).toBe(200);
});

it.each([
  ["text/html", /^attachment; filename="\w+"$/],
  ["image/svg+xml", /^attachment/],
  ["application/xhtml+xml", /^attachment/],
  ["text/javascript", /^attachment/],
  ["application/pdf", /^attachment/],
  ["text/plain", /^inline$/],
  ["application/json", /^inline$/],
])("an artifact of type %s is served in a way in which no browser runs it", async (type, disposition) => {
  await using server = await openServer({ fake: { script: () => {} } });
  const { path } = await kept(server, type, Buffer.from('"<script>alert(1)</script>"'));
  const { headers } = await server.call("GET", path);
  expect(headers.get("content-type")).toContain(type);
  expect(headers.get("content-disposition")).toMatch(disposition);
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("content-security-policy")).toBe("default-src 'none'; sandbox");
});
