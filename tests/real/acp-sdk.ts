/** The server of the HTTP Agent Communication Protocol's own SDK. */
import { fileURLToPath } from "node:url";
import type { Found } from "../installed.ts";
import { findPythonProgram } from "../python-package.ts";

/** Its Python, installed with it if it isn't yet (45 s, 160 MB). */
export const findAcpSdk = (): Promise<Found> =>
  findPythonProgram({
    name: "acp-sdk",
    version: "1.0.3",
    // Newer ones lack what its server imports.
    beside: ["uvicorn<0.36"],
    program: "python",
    check: ["-c", "import acp_sdk.server"],
  });

/** The command of a server with agents of one behaviour each. */
export function acpServer(python: string, port: number): string[] {
  return [python, fileURLToPath(new URL("../fixtures/agents/acp_server.py", import.meta.url)), String(port)];
}
