/** `npm run bench`: all loads, one after the other; `-- --help` tells the flags. */
import { commandLine } from "./loads/cli.ts";
import { idleReaders } from "./loads/idle-readers.ts";
import { memory } from "./loads/memory.ts";
import { progress } from "./loads/progress.ts";
import { manyReaders } from "./loads/readers.ts";
import { relay } from "./loads/relay.ts";
import { rows } from "./loads/rows.ts";
import { startUp } from "./loads/start-up.ts";
import { throughput } from "./loads/throughput.ts";
import { help, type Options, optionsOf } from "./options.ts";
import { textOf } from "./print.ts";
import { addToReport, type Figures, type LoadName, type Part, partOf } from "./report.ts";

const loads: { readonly [Name in LoadName]: (options: Options) => Promise<Figures> } = {
  throughput,
  progress,
  readers: manyReaders,
  "idle-readers": idleReaders,
  relay,
  "start-up": startUp,
  cli: commandLine,
  memory,
  rows,
};

async function run(options: Options): Promise<boolean> {
  let met = true;
  for (const name of options.only) {
    const part: Part = await partOf(options.rounds, () => loads[name](options));
    process.stdout.write(textOf(name, part));
    if (options.json !== undefined) addToReport(options.json, { [name]: part });
    if (part.goals.some((goal) => !goal.met)) met = false;
  }
  return met;
}

const options = optionsOf(process.argv.slice(2));
if (options === undefined) process.stdout.write(help);
else if (!(await run(options))) process.exitCode = 1;
