/** For suites that start nodes: what a test that was given up has left running ends with its file. */
import { afterAll } from "vitest";
import { endNodes } from "./support.ts";

afterAll(endNodes);
