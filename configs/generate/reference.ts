/** The reference as one page that needs nothing from anywhere: no script, no font, no picture. */
import type { Part } from "#contracts/openapi/answers.ts";
import type { Schema } from "#contracts/openapi/schemas.ts";

interface Media {
  readonly schema: Schema;
  readonly example?: unknown;
  readonly examples?: { readonly [name: string]: { readonly value: unknown } };
}
interface Answer {
  readonly description: string;
  readonly content?: { readonly [type: string]: Media };
}
interface Shown {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly {
    name: string;
    in: string;
    required: boolean;
    description?: string;
    schema: Schema;
  }[];
  readonly requestBody?: { readonly required: boolean; readonly content: { readonly [type: string]: Media } };
  readonly responses: { readonly [status: string]: Answer };
}
interface Document {
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: { readonly [path: string]: { readonly [method: string]: Shown } };
  readonly components: { readonly schemas: { readonly [name: string]: Schema } };
}

const style = `
:root{color-scheme:light dark;--line:#8884;--soft:#8881;--accent:#0a66c2}
*{box-sizing:border-box}
body{margin:0;font:16px/1.55 system-ui,sans-serif;display:grid;grid-template-columns:17rem minmax(0,1fr)}
nav{position:sticky;top:0;height:100vh;overflow:auto;padding:1.5rem 1rem;border-right:1px solid var(--line);font-size:.875rem}
nav h2{font-size:.75rem;text-transform:uppercase;letter-spacing:.06em;margin:1.2rem 0 .3rem;opacity:.7}
nav a{display:block;padding:.15rem 0;color:inherit;text-decoration:none}
nav a:hover,nav a:focus{color:var(--accent);text-decoration:underline}
main{padding:2rem clamp(1rem,4vw,4rem);max-width:62rem}
h1{margin-top:0}
article{border-top:1px solid var(--line);padding:1rem 0}
h3{margin:.2rem 0}
code,pre{font:.875em/1.5 ui-monospace,monospace}
pre{background:var(--soft);padding:.8rem 1rem;border-radius:6px;overflow:auto;max-height:24rem}
.method{display:inline-block;min-width:4.2em;font-weight:700;color:var(--accent)}
table{border-collapse:collapse;width:100%;font-size:.9rem;margin:.4rem 0 1rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;border-bottom:1px solid var(--line)}
summary{cursor:pointer}
.faint{opacity:.7}
@media(max-width:50rem){body{display:block}nav{position:static;height:auto;border:0}}
`;

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
const words = (text: string) => escaped(text).replace(/`([^`]+)`/g, "<code>$1</code>");
const rowsOf = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  `<table><thead><tr>${head.map((each) => `<th scope="col">${each}</th>`).join("")}</tr></thead><tbody>${rows
    .map((row) => `<tr>${row.map((each) => `<td>${each}</td>`).join("")}</tr>`)
    .join("")}</tbody></table>`;
const json = (value: unknown) =>
  `<pre tabindex="0">${escaped(typeof value === "string" ? value : JSON.stringify(value, null, 2))}</pre>`;

/** A schema in a few words, with links to those that have a name. */
function brief(schema: Schema): string {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split("/").at(-1) ?? "";
    return `<a href="#schema-${name}">${name}</a>`;
  }
  if (schema.const !== undefined) return `<code>${escaped(JSON.stringify(schema.const))}</code>`;
  if (schema.enum !== undefined)
    return schema.enum.map((each) => `<code>${escaped(String(each))}</code>`).join(", ");
  const members = schema.anyOf ?? schema.oneOf;
  if (members !== undefined) return members.map(brief).join(" or ");
  if (schema.type === "array") return `list of ${brief(schema.items ?? {})}`;
  return escaped([schema.type ?? "any"].flat().join(" or "));
}

const fields = (schema: Schema) =>
  rowsOf(
    ["field", "type", "meaning"],
    Object.entries(schema.properties ?? {}).map(([name, field]) => [
      `<code>${name}</code>${schema.required?.includes(name) ? "" : ' <span class="faint">optional</span>'}`,
      brief(field),
      words(field.description ?? ""),
    ]),
  );

function parameters({ parameters: all = [] }: Shown): string {
  if (all.length === 0) return "";
  const rows = all.map((each) => [
    `<code>${each.name}</code>${each.required ? "" : ' <span class="faint">optional</span>'}`,
    each.in,
    brief(each.schema),
    words(each.description ?? ""),
  ]);
  return `<h4>Parameters</h4>${rowsOf(["name", "in", "type", "meaning"], rows)}`;
}

function body({ requestBody }: Shown): string {
  const media = requestBody?.content["application/json"];
  if (requestBody === undefined || media === undefined) return "";
  return `<h4>Body${requestBody.required ? "" : ' <span class="faint">optional</span>'}: ${brief(media.schema)}</h4>${json(media.example)}`;
}

function answers({ responses }: Shown): string {
  const rows = Object.entries(responses).map(([status, { description, content = {} }]) => [
    status,
    Object.entries(content)
      .map(([type, media]) => `${brief(media.schema)} <span class="faint">${type}</span>`)
      .join("<br>"),
    words(description),
  ]);
  const good = Object.entries(responses).flatMap(([status, { content = {} }]) =>
    Number(status) >= 300
      ? []
      : Object.entries(content).map(
          ([type, media]) =>
            `<details><summary>Example of ${status}, ${type}</summary>${json(media.example)}</details>`,
        ),
  );
  return `<h4>Answers</h4>${rowsOf(["status", "body", "meaning"], rows)}${good.join("")}`;
}

function article(method: string, path: string, shown: Shown): string {
  const open = shown.security?.length === 0 ? '<p class="faint">Needs no token.</p>' : "";
  return `<article id="${shown.operationId}"><h3>${escaped(shown.summary)}</h3><p><span class="method">${method.toUpperCase()}</span> <code>${escaped(path)}</code></p>${
    shown.description === undefined ? "" : `<p>${words(shown.description)}</p>`
  }${open}${parameters(shown)}${body(shown)}${answers(shown)}</article>`;
}

function schemaArticle([name, schema]: [string, Schema]): string {
  const shape = schema.properties === undefined ? `<p>${brief({ ...schema })}</p>` : fields(schema);
  return `<article id="schema-${name}"><h3>${name}</h3><p>${words(schema.description ?? "")}</p>${shape}</article>`;
}

/** The page of an API document. */
export function referencePage(part: Part): string {
  const document = part as unknown as Document;
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, shown]) => ({ method, path, shown })),
  );
  const groups = document.tags.map((tag) => ({
    ...tag,
    calls: all.filter(({ shown }) => shown.tags.includes(tag.name)),
  }));
  const { title, version, description } = document.info;
  const links = groups.map(
    ({ name, calls }) =>
      `<h2>${name}</h2>${calls.map(({ shown }) => `<a href="#${shown.operationId}">${escaped(shown.summary)}</a>`).join("")}`,
  );
  const sections = groups.map(
    ({ name, description: about, calls }) =>
      `<section><h2 id="tag-${name}">${name}</h2><p>${words(about)}</p>${calls.map(({ method, path, shown }) => article(method, path, shown)).join("")}</section>`,
  );
  const paragraphs = description.split("\n\n").map((text) => `<p>${words(text)}</p>`);
  const schemas = Object.entries(document.components.schemas).map(schemaArticle).join("");
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${title} ${version}: reference</title><style>${style}</style></head>
<body><nav aria-label="Contents"><strong>${title} ${version}</strong>${links.join("")}<h2>schemas</h2><a href="#schemas">All schemas</a></nav>
<main><h1>${title} ${version}</h1>${paragraphs.join("")}<p>The same as <a href="/openapi.json">openapi.json</a>.</p>
${sections.join("\n")}
<section><h2 id="schemas">Schemas</h2>${schemas}</section></main></body></html>
`;
}
