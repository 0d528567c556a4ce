/** A server of HTTP runs that a test plays: each call is answered by what its script says. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a call is answered; `cut`: the connection breaks behind the head, `gone`: before it. */
export interface Told {
  readonly status?: number;
  readonly json?: unknown;
  readonly text?: string;
  readonly headers?: { readonly [name: string]: string };
  readonly breaks?: "cut" | "gone";
}

/** By method and path; a call that isn't there is answered 404. @param times from 1 */
export interface HttpScript {
  readonly [call: string]: (times: number, body: string) => Told;
}

export interface ScriptedServer extends AsyncDisposable {
  readonly url: string;
  /** The calls that came, as `GET /runs/r`. */
  readonly calls: readonly string[];
}

function tell(res: ServerResponse, { status = 200, json, text, headers, breaks }: Told): void {
  const said = text ?? (json === undefined ? "" : JSON.stringify(json));
  const type = text === undefined ? "application/json" : "text/event-stream";
  res.writeHead(status, { "content-type": type, ...headers });
  if (breaks === undefined) res.end(said);
  else res.write(said, () => res.destroy());
}

/** Starts the server; `GET /ping` is answered 200 unless the script says otherwise. */
export async function startScripted(script: HttpScript): Promise<ScriptedServer> {
  const calls: string[] = [];
  const server = createServer(async (req, res) => {
    let body = "";
    for await (const chunk of req) body += String(chunk);
    const [path] = (req.url ?? "").split("?");
    const call = `${req.method} ${path}`;
    calls.push(call);
    const usual: Told = call === "GET /ping" ? { json: {} } : { status: 404, json: {} };
    const told = script[call]?.(calls.filter((each) => each === call).length, body) ?? usual;
    if (told.breaks === "gone") req.socket.destroy();
    else tell(res, told);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
