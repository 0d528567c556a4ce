import { adapterConformance } from "./adapter.ts";
import { httpSetup } from "./adapter-acp-http.ts";

adapterConformance(httpSetup("HTTP Agent Communication Protocol", "acp"));
