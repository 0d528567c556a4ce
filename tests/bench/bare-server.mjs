// The least that express and better-sqlite3 take to start: what the node's start is held against.
import Database from "better-sqlite3";
import express from "express";

const db = new Database(process.argv[2] ?? ":memory:");
db.pragma("journal_mode = WAL");
const count = db.prepare("SELECT count(*) AS tables FROM sqlite_schema");
const app = express();
app.get("/healthz", (_req, res) => void res.json({ ok: true, ...count.get() }));
const server = app.listen(Number(process.argv[3]), "127.0.0.1");
process.on("SIGTERM", () => server.close(() => process.exit(0)));
