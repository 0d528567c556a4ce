#!/usr/bin/env node
import { loadBundle } from "./programs.mjs";

await loadBundle("fake-acp-comm-agent", "fake-acp-comm-agent");
