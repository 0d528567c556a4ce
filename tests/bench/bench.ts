/** `npm run bench`: how fast tasks go; `-- --rows`: reads with a million of them; `-- --memory`: after 100,000; `-- --relay`: at another node. */
const [what = "tasks"] = ["rows", "memory", "relay"].filter((name) => process.argv.includes(`--${name}`));
await import(`./${what}.ts`);
