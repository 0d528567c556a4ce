/** The suite of the adapters for HTTP runtimes that can't stream, and for those that speak the older dialect. */
import { adapterConformance } from "../conformance/adapter.ts";
import { httpSetup } from "../conformance/adapter-acp-http.ts";

adapterConformance(httpSetup("HTTP Agent Communication Protocol, polling,", "acp", "--no-stream"));
adapterConformance(httpSetup("HTTP Agent Communication Protocol, in its older dialect,", "aethrolink"));
