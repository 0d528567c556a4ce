import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { findConnection } from "../../../cli/connection.ts";
import { payloadOf } from "../../../cli/payload.ts";
import { printable, table } from "../../../cli/render.ts";
import { senderOf } from "../../../cli/sender.ts";
import { UsageError } from "../../../cli/usage-error.ts";
import { durationMs, idempotencyKeyOf, idOf, optionsOf } from "../../../cli/values.ts";

const dir = mkdtempSync(join(tmpdir(), "aethrolink-cli-"));
afterAll(() => rmSync(dir, { recursive: true }));

/** Does something as one who may not read a path; root may read everything, and is another meanwhile. */
function asStranger(path: string, act: () => void): void {
  const isRoot = process.getuid?.() === 0;
  const { mode } = statSync(path);
  chmodSync(dir, 0o755);
  chmodSync(path, 0);
  if (isRoot) process.seteuid?.(65534);
  try {
    act();
  } finally {
    if (isRoot) process.seteuid?.(0);
    chmodSync(path, mode);
  }
}

describe("a duration", () => {
  it.each([
    ["500ms", 500],
    ["90s", 90_000],
    ["1.5m", 90_000],
    ["1h", 3_600_000],
    ["45", 45_000],
  ])("%s is %i ms", (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  it.each(["", "s", "-1s", "0s", "5d", "1 h x"])("%j is none", (text) => {
    expect(() => durationMs(text)).toThrow(/is no duration/);
  });
});

describe("options for a runtime", () => {
  it("are JSON where they can be, else text", () => {
    expect(optionsOf(["a=1", "b=true", "c=x=y", 'd={"e":[1]}', "f="])).toEqual({
      a: 1,
      b: true,
      c: "x=y",
      d: { e: [1] },
      f: "",
    });
  });

  it("need a name", () => {
    expect(() => optionsOf(["=1"])).toThrow(/name=value/);
    expect(() => optionsOf(["a"])).toThrow(/name=value/);
  });
});

describe("a payload", () => {
  const path = join(dir, "question.md");

  it("is a text, a file's text, or JSON", async () => {
    writeFileSync(path, "\ufeffwhat?");
    expect(await payloadOf({ text: "" })).toEqual({ text: "" });
    expect(await payloadOf({ "text-file": path })).toEqual({ text: "\ufeffwhat?" });
    expect(await payloadOf({ payload: "[1]" })).toEqual([1]);
  });

  it("is exactly one of them, readable, and JSON where it says so", async () => {
    const missing = /--text, --text-file and --payload/;
    await expect(payloadOf({})).rejects.toThrow(missing);
    await expect(payloadOf({ text: "a", payload: "1" })).rejects.toThrow(missing);
    await expect(payloadOf({ "text-file": join(dir, "none") })).rejects.toThrow(/can't be read/);
    await expect(payloadOf({ "text-file": dir })).rejects.toThrow(/can't be read/);
    await expect(payloadOf({ payload: "{" })).rejects.toThrow(/must be JSON/);
  });

  it("is never a file whose bytes would arrive as others", async () => {
    writeFileSync(path, Uint8Array.of(0x50, 0x4b, 0xff, 0xfe));
    await expect(payloadOf({ "text-file": path })).rejects.toThrow(/is no text in UTF-8/);
  });
});

describe("an idempotency key", () => {
  it("is visible ASCII", () => {
    expect(idempotencyKeyOf("order-17")).toBe("order-17");
    for (const text of ["", "a b", "k\u20ac", "k".repeat(256)])
      expect(() => idempotencyKeyOf(text)).toThrow(/visible ASCII/);
  });
});

describe("an id", () => {
  it("is the flag or the first argument, and not two different ones", () => {
    expect(idOf("task-id", "a", undefined)).toBe("a");
    expect(idOf("task-id", undefined, "a")).toBe("a");
    expect(idOf("task-id", "a", "a")).toBe("a");
    expect(() => idOf("task-id", "a", "b")).toThrow(/differ/);
    expect(() => idOf("task-id", undefined, undefined)).toThrow(/--task-id/);
  });
});

describe("the sender", () => {
  it("is the flag, else the environment's, else the state file's", () => {
    const stateFile = join(dir, "agent.json");
    writeFileSync(stateFile, '{"agent_id": "from-file"}');
    const env = { AETHROLINK_AGENT_ID: "from-env" };
    expect(senderOf({ agentId: "from-flag", stateFile, env })).toBe("from-flag");
    expect(senderOf({ stateFile, env })).toBe("from-env");
    expect(senderOf({ stateFile, env: {} })).toBe("from-file");
  });

  it("is left to the node where nobody is named", () => {
    vi.stubEnv("HOME", dir);
    expect(senderOf({ env: {} })).toBeUndefined();
    mkdirSync(join(dir, ".aethrolink"));
    writeFileSync(join(dir, ".aethrolink/agent.json"), "{}");
    expect(senderOf({ env: {} })).toBeUndefined();
    writeFileSync(join(dir, ".aethrolink/agent.json"), '{"agent_id": "usual"}');
    expect(senderOf({ env: {} })).toBe("usual");
    vi.unstubAllEnvs();
  });

  it("is not guessed where the state file that was named is missing, broken or tells none", () => {
    const stateFile = join(dir, "broken.json");
    expect(() => senderOf({ stateFile, env: {} })).toThrow(/can't be read/);
    for (const text of ["{", "null", "{}", '{"agent_id": ""}', '{"agent_id": 7}']) {
      writeFileSync(stateFile, text);
      expect(() => senderOf({ stateFile, env: {} })).toThrow(/tells no agent/);
    }
  });
});

describe("the connection", () => {
  const dataDir = join(dir, "data");
  const nodeAt = (url: string, pid = process.pid) => {
    rmSync(dataDir, { recursive: true, force: true });
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, "node.json"), JSON.stringify({ url, pid }));
    writeFileSync(join(dataDir, "operator.token"), "own\n");
  };

  it("is the flag's server, else the environment's, else the data directory's, else the usual one", () => {
    nodeAt("http://127.0.0.1:1111");
    const env = { AETHROLINK_SERVER: "http://127.0.0.1:2222" };
    const url = (sources: object) => findConnection({ dataDir, env: {}, ...sources }).baseUrl;
    expect(url({ server: "http://127.0.0.1:3333", env })).toBe("http://127.0.0.1:3333");
    expect(url({ env })).toBe("http://127.0.0.1:2222");
    expect(url({})).toBe("http://127.0.0.1:1111");
    expect(url({ dataDir: join(dir, "none") })).toBe("http://127.0.0.1:7777");
  });

  it("takes the environment's token, else the file's, else the data directory's", () => {
    nodeAt("http://127.0.0.1:1111");
    const tokenFile = join(dir, "token");
    writeFileSync(tokenFile, "file's\n");
    const token = (sources: object) => findConnection({ dataDir, env: {}, ...sources }).token;
    expect(token({ tokenFile, env: { AETHROLINK_TOKEN: "env's" } })).toBe("env's");
    expect(token({ tokenFile })).toBe("file's");
    expect(token({})).toBe("own");
    expect(() => token({ tokenFile: join(dir, "none") })).toThrow(/can't be read/);
  });

  it.each([
    "http://127.0.0.1:2222",
    "http://localhost:1111",
    "https://127.0.0.1:1111",
    "http://evil.example",
  ])("never sends the data directory's token to %s", (server) => {
    nodeAt("http://127.0.0.1:1111");
    expect(findConnection({ dataDir, server, env: {} }).token).toBeUndefined();
  });

  it("never sends the data directory's token where its node has gone", () => {
    const { pid = 0 } = spawnSync(process.execPath, ["-e", "0"]);
    nodeAt("http://127.0.0.1:1111", pid);
    expect(findConnection({ dataDir, env: {} })).toEqual({
      baseUrl: "http://127.0.0.1:1111",
      token: undefined,
    });
  });

  it("never shows what it took for a token", () => {
    const tokenFile = join(dir, "private-key");
    for (const [text, shown] of [
      ["SECRET one\nSECRET two\n", "private-key holds no token"],
      ["SECRET \ufffd", "private-key holds no token"],
      ["\n", "private-key holds no token"],
    ] as const) {
      writeFileSync(tokenFile, text);
      const find = () => findConnection({ dataDir: join(dir, "none"), tokenFile, env: {} });
      expect(find).toThrow(shown);
      expect(find).not.toThrow("SECRET");
    }
    const env = { AETHROLINK_TOKEN: "SECRET\nSECRET" };
    expect(() => findConnection({ dataDir: join(dir, "none"), env })).toThrow(/^AETHROLINK_TOKEN holds no/);
  });

  it("doesn't need a node.json that is damaged where the server is named", () => {
    nodeAt("http://127.0.0.1:1111");
    for (const damaged of ["{", "null", "[]", '{"url": 1}', '{"url": "nonsense"}']) {
      writeFileSync(join(dataDir, "node.json"), damaged);
      expect(() => findConnection({ dataDir, env: {} })).toThrow(/node.json is damaged/);
      expect(findConnection({ dataDir, server: "http://127.0.0.1:1111", env: {} })).toEqual({
        baseUrl: "http://127.0.0.1:1111",
        token: undefined,
      });
    }
  });

  it("takes no data directory that can't be read for one that isn't there", () => {
    nodeAt("http://127.0.0.1:1111");
    const path = join(dataDir, "node.json");
    const find = () => findConnection({ dataDir, env: {} });
    asStranger(dataDir, () => {
      expect(find).toThrow(UsageError);
      expect(find).toThrow(`${path} can't be read: EACCES`);
      expect(findConnection({ dataDir, server: "http://127.0.0.1:1111", env: {} }).token).toBeUndefined();
    });
    asStranger(join(dataDir, "operator.token"), () => {
      expect(find).toThrow(`${join(dataDir, "operator.token")} can't be read: EACCES`);
      expect(findConnection({ dataDir, env: { AETHROLINK_TOKEN: "env's" } }).token).toBe("env's");
    });
    rmSync(dataDir, { recursive: true });
    writeFileSync(dataDir, "");
    expect(find().baseUrl).toBe("http://127.0.0.1:7777");
    rmSync(dataDir);
  });

  it("says what is wrong with an address", () => {
    expect(() => findConnection({ dataDir, server: "ftp://x", env: {} })).toThrow(/no address of a node/);
  });
});

describe("what is printed", () => {
  it("never holds what a terminal would take for a command", () => {
    expect(printable("a\u001b[2Jb\u009bc\td\n")).toBe("a\\x1b[2Jb\\x9bc\td\n");
  });

  it("stands in columns", () => {
    expect(
      table(
        [
          { a: "1", bb: "2" },
          { a: "333", bb: "4" },
        ],
        "none",
      ),
    ).toBe("A    BB\n1    2\n333  4");
    expect(table([], "none")).toBe("none");
  });
});
