/** `npm run bench`: how fast tasks go; `-- --rows`: reads with a million of them; `-- --memory`: after 100,000. */
const [what = "tasks"] = ["rows", "memory"].filter((name) => process.argv.includes(`--${name}`));
await import(`./${what}.ts`);
