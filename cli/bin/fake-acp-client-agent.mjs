#!/usr/bin/env node
import "../dist/fake-acp-client-agent.mjs";
