/**
 * A plugin of the bundler: `node:http` and `node:https` without what hangs on them. Imported as ES modules they
 * show all that they have, and so load undici for the WebSocket that they offer: 30 ms of each start and 13 MB.
 * Required, they load it when somebody asks for it, and nobody does.
 */
import { createRequire } from "node:module";
import type { Plugin } from "esbuild";

const require = createRequire(import.meta.url);
/** What is loaded by being looked at. */
const heavy: ReadonlySet<string> = new Set(["WebSocket", "CloseEvent", "MessageEvent"]);
const namespace = "lean-builtin";

export const leanBuiltins: Plugin = {
  name: namespace,
  setup(build) {
    build.onResolve({ filter: /^(node:)?https?$/ }, ({ path, kind }) => {
      if (kind === "require-call") return { path, external: true };
      return { path: path.replace(/^(node:)?/, "node:"), namespace };
    });
    build.onLoad({ filter: /.*/, namespace }, ({ path }) => {
      const names = Object.keys(require(path) as object).filter((name) => !heavy.has(name));
      const contents = `const all = require("${path}");\nexport default all;\nexport const { ${names.join(", ")} } = all;\n`;
      return { contents, loader: "js" };
    });
  },
};
