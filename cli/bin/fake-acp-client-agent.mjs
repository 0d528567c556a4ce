#!/usr/bin/env node
import { loadBundle } from "./programs.mjs";

await loadBundle("fake-acp-client-agent", "fake-acp-client-agent");
