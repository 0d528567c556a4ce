// A server that does nothing but read a task from the database: what a start takes at least with these packages.
import Database from "better-sqlite3";
import express from "express";

const [port, database] = process.argv.slice(2);
const find = new Database(database, { readonly: true }).prepare("SELECT * FROM tasks WHERE task_id = ?");
const app = express();
app.get("/v1/tasks/:task_id", (req, res) => void res.json(find.get(req.params.task_id)));
app.listen(Number(port), "127.0.0.1");
