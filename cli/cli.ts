/** The commands of `alink-cli`, by their names. */
import { ArtifactGet } from "./commands/artifact-get.ts";
import { Call } from "./commands/call.ts";
import { Events } from "./commands/events.ts";
import { RuntimeHealth } from "./commands/runtime-health.ts";
import { RuntimeStart } from "./commands/runtime-start.ts";
import { RuntimeStop } from "./commands/runtime-stop.ts";
import { Runtimes } from "./commands/runtimes.ts";
import { Targets } from "./commands/targets.ts";
import { TaskCancel } from "./commands/task-cancel.ts";
import { TaskEvents } from "./commands/task-events.ts";
import { TaskGet } from "./commands/task-get.ts";
import { TaskList } from "./commands/task-list.ts";
import { TaskResult } from "./commands/task-result.ts";
import { TaskWait } from "./commands/task-wait.ts";
import { TokenCreate } from "./commands/token-create.ts";
import { TokenList } from "./commands/token-list.ts";
import { TokenRevoke } from "./commands/token-revoke.ts";

export { execute } from "@oclif/core";

export const commands = {
  call: Call,
  "task-get": TaskGet,
  "task-events": TaskEvents,
  "task-list": TaskList,
  "task-wait": TaskWait,
  "task-result": TaskResult,
  "task-cancel": TaskCancel,
  events: Events,
  targets: Targets,
  runtimes: Runtimes,
  "runtime-start": RuntimeStart,
  "runtime-stop": RuntimeStop,
  "runtime-health": RuntimeHealth,
  "artifact-get": ArtifactGet,
  "token-create": TokenCreate,
  "token-list": TokenList,
  "token-revoke": TokenRevoke,
};
