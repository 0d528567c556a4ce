/** Servers that aren't the node of the data directory: they get no token of it, and what they say is no surprise. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createHome, type Home, startNode, type TestNode } from "../../support.ts";
import { commandFor } from "./command.ts";

let home: Home;
let node: TestNode;

beforeAll(async () => {
  home = createHome();
  node = await startNode(home);
});
afterAll(async () => {
  await node[Symbol.asyncDispose]();
  home[Symbol.dispose]();
});

/** A server that answers everything alike, and remembers which tokens it was shown. */
async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void, port = 0) {
  const tokens: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    tokens.push(request.headers.authorization);
    answer(request, response);
  });
  await once(server.listen(port, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tokens,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const run = (args: readonly string[], env: object = {}) => commandFor(home.dataDir).run(args, env);
const listing = (_request: IncomingMessage, response: ServerResponse) => {
  response.setHeader("Content-Type", "application/json").end('{"targets":[]}');
};

it("the data directory's token goes to its node", async () => {
  expect(await run(["targets"])).toMatchObject({ code: 0, out: '{"targets":[]}' });
});

it("and to no other server, however that is named", async () => {
  await using other = await serve(listing);
  await run(["targets", "--server", other.url]);
  await run(["targets"], { AETHROLINK_SERVER: other.url });
  expect(other.tokens).toEqual([undefined, undefined]);
});

it("a token that was given goes where it was said", async () => {
  await using other = await serve(listing);
  await run(["targets", "--server", other.url], { AETHROLINK_TOKEN: "given" });
  expect(other.tokens).toEqual(["Bearer given"]);
});

it("nobody is followed to another server", async () => {
  await using other = await serve(listing);
  await using redirecting = await serve((request, response) => {
    response.writeHead(307, { Location: other.url + request.url }).end();
  });
  const ran = await run(["targets", "--server", redirecting.url], { AETHROLINK_TOKEN: "given" });
  expect(ran).toMatchObject({ code: 7, out: "", err: expect.stringContaining("is no node: it answers 307") });
  expect(other.tokens).toEqual([]);
});

it.each<[string, string[]]>([
  ["a page", ["targets"]],
  ["a page in place of an accepted task", ["call", "--intent", "x", "--text", "y"]],
  ["a page in place of a stream", ["task-events", "01KAT3Q4V5W6X7Y8Z9A0B1C2D3"]],
])("a server that is no node is told from one: %s", async (_what, args) => {
  await using page = await serve((_request, response) => {
    response.setHeader("Content-Type", "text/html").end("<h1>It works!</h1>");
  });
  const ran = await run([...args, "--server", page.url]);
  expect(ran).toMatchObject({ code: 7, out: "" });
  expect(ran.err).toMatch(
    /alink-cli: No answer from .*: what listens there is no node: it sends text\/html\.\nStart/,
  );
});

it("whoever listens where the node was gets nothing either", async () => {
  const { port } = new URL(node.url);
  await node.kill();
  await using squatter = await serve(listing, Number(port));
  await run(["targets"]);
  expect(squatter.tokens).toEqual([undefined]);
  node = await startNode(home);
});
