/** What programs that tests start execute is counted where `npm run coverage` says so, the tests' own processes apart. */
const counts = process.env["COUNT_PROGRAMS"];
if (counts !== undefined) process.env["NODE_V8_COVERAGE"] = counts;
