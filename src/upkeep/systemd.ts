/** A user unit of systemd (systemd.unit(5), systemd.service(5), systemd.exec(5)). */
import { exitCodes, StartError } from "../errors.ts";
import { mark, type ServiceSpec } from "./service.ts";

/** `%` begins a specifier everywhere. */
const plain = (text: string) => text.replaceAll("%", "%%");

const quoted = (text: string) => `"${plain(text).replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;

/** Behind the program `$` begins a variable. */
const argument = (text: string) => quoted(text).replaceAll("$", "$$$$");

/** Mistakes that a restart doesn't mend. */
export const finalCodes = [exitCodes.data, exitCodes.cantCreate, exitCodes.noPermission, exitCodes.config];

/**
 * The text of its file.
 * @throws StartError 78 when systemd can't run the program where it lies
 */
export function systemdUnit({ command, dataDir, directory, environment }: ServiceSpec): string {
  const [program = "", ...args] = command;
  if (/["'\\]/.test(program))
    throw new StartError(
      "config",
      `systemd runs no program with quotes or backslashes in its path: ${program}`,
    );
  const variables = Object.entries(environment).map(
    ([name, value]) => `Environment=${quoted(`${name}=${value}`)}`,
  );
  return `# ${mark}
[Unit]
Description=AethroLink node of ${plain(dataDir)}

[Service]
ExecStart=${[quoted(program), ...args.map(argument)].join(" ")}
ExecReload=/bin/kill -HUP $MAINPID
WorkingDirectory=${plain(directory)}
${variables.join("\n")}
UMask=0077
Restart=on-failure
RestartSec=5
RestartPreventExitStatus=${finalCodes.join(" ")}
# The node ends its runtimes itself, each with time to finish; what is left behind it is killed.
KillMode=mixed
TimeoutStopSec=20

[Install]
WantedBy=default.target
`;
}
