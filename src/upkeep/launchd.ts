/** An agent of launchd (launchd.plist(5)). */
import { join } from "node:path";
import { mark, type ServiceSpec } from "./service.ts";

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const string = (text: string) => `<string>${escaped(text)}</string>`;

/** The text of its file. */
export function launchdAgent({ name, command, dataDir, directory, environment }: ServiceSpec): string {
  const args = command.map((text) => `    ${string(text)}\n`).join("");
  const variables = Object.entries(environment)
    .map(([key, value]) => `    <key>${escaped(key)}</key>\n    ${string(value)}\n`)
    .join("");
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- ${mark} -->
<plist version="1.0">
<dict>
  <key>Label</key>
  ${string(name)}
  <key>ProgramArguments</key>
  <array>
${args}  </array>
  <key>EnvironmentVariables</key>
  <dict>
${variables}  </dict>
  <key>WorkingDirectory</key>
  ${string(directory)}
  <key>StandardErrorPath</key>
  ${string(join(dataDir, "node.log"))}
  <key>Umask</key>
  <integer>${0o077}</integer>
  <key>RunAtLoad</key>
  <true/>
  <!-- launchd knows no exit codes that mean "not again": it tries once a minute. -->
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ThrottleInterval</key>
  <integer>60</integer>
  <key>ExitTimeOut</key>
  <integer>20</integer>
</dict>
</plist>
`;
}
