/** Modules that a node loads for nothing, and what takes their place in its bundles. */
import { fileURLToPath } from "node:url";
import type { Plugin } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Each with a pattern of its name, who imports it where that matters, and its text. */
const replaced: readonly { readonly filter: RegExp; readonly from?: RegExp; readonly contents: string }[] = [
  // An import reads all that a module exports, also what is only made when it is read: of this one the whole
  // of fetch, which no start needs.
  { filter: /^node:http$/, contents: 'module.exports = require("node:http");' },
  // What Zod says, in forty languages: here it is English.
  { filter: /^\.\.\/locales\/index\.js$/, contents: "export {};" },
  // What Express says of each request to nobody.
  {
    filter: /^debug$/,
    from: /node_modules\/(?:router|express|body-parser|finalhandler|send)\//,
    contents: "module.exports = () => () => {};",
  },
  // The tables of iconv-lite: JSON is UTF-8, which it knows without them.
  { filter: /^\.\.\/encodings$/, contents: 'module.exports = require("iconv-lite/encodings/internal.js");' },
];

/** For esbuild. */
export const replacements: Plugin = {
  name: "replacements",
  setup({ onResolve, onLoad }) {
    for (const { filter, from = /^/ } of replaced) {
      onResolve({ filter }, ({ path, kind, importer, namespace }) =>
        (kind === "require-call" && namespace === "replaced") || !from.test(importer)
          ? null
          : { path, namespace: "replaced" },
      );
    }
    onLoad({ filter: /.*/, namespace: "replaced" }, ({ path }) => ({
      contents: replaced.find(({ filter }) => filter.test(path))?.contents ?? "",
      resolveDir: root,
    }));
  },
};
