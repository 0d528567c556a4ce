/** The commands of `alink-cli`, by their names, and how one of them is run. */
import { exitCodes } from "@aethrolink/client";
import { execute } from "@oclif/core";
import { AgentGet } from "./commands/agent-get.ts";
import { Agents } from "./commands/agents.ts";
import { ArtifactGet } from "./commands/artifact-get.ts";
import { Call } from "./commands/call.ts";
import { Completion } from "./commands/completion.ts";
import { Doctor } from "./commands/doctor.ts";
import { EnsureRegistered } from "./commands/ensure-registered.ts";
import { Events } from "./commands/events.ts";
import { Heartbeat } from "./commands/heartbeat.ts";
import { Init } from "./commands/init.ts";
import { NodeId } from "./commands/node-id.ts";
import { PeerAdd } from "./commands/peer-add.ts";
import { PeerBlock } from "./commands/peer-block.ts";
import { PeerInvite } from "./commands/peer-invite.ts";
import { PeerJoin } from "./commands/peer-join.ts";
import { PeerList } from "./commands/peer-list.ts";
import { PeerRemove } from "./commands/peer-remove.ts";
import { PeerSync } from "./commands/peer-sync.ts";
import { PeerTrust } from "./commands/peer-trust.ts";
import { Questions } from "./commands/questions.ts";
import { Register } from "./commands/register.ts";
import { RegistryReload } from "./commands/registry-reload.ts";
import { RuntimeHealth } from "./commands/runtime-health.ts";
import { RuntimeLaunches } from "./commands/runtime-launches.ts";
import { RuntimeStart } from "./commands/runtime-start.ts";
import { RuntimeStop } from "./commands/runtime-stop.ts";
import { Runtimes } from "./commands/runtimes.ts";
import { Skill } from "./commands/skill.ts";
import { Targets } from "./commands/targets.ts";
import { TaskCancel } from "./commands/task-cancel.ts";
import { TaskEvents } from "./commands/task-events.ts";
import { TaskGet } from "./commands/task-get.ts";
import { TaskList } from "./commands/task-list.ts";
import { TaskResult } from "./commands/task-result.ts";
import { TaskResume } from "./commands/task-resume.ts";
import { TaskTree } from "./commands/task-tree.ts";
import { TaskWait } from "./commands/task-wait.ts";
import { ThreadContinue } from "./commands/thread-continue.ts";
import { ThreadCreate } from "./commands/thread-create.ts";
import { ThreadGet } from "./commands/thread-get.ts";
import { ThreadList } from "./commands/thread-list.ts";
import { ThreadTurns } from "./commands/thread-turns.ts";
import { TokenCreate } from "./commands/token-create.ts";
import { TokenList } from "./commands/token-list.ts";
import { TokenRevoke } from "./commands/token-revoke.ts";
import { Unregister } from "./commands/unregister.ts";
import { printable } from "./render.ts";

export { ReadableHelp } from "./help.ts";

export const commands = {
  call: Call,
  "task-get": TaskGet,
  "task-events": TaskEvents,
  "task-list": TaskList,
  "task-tree": TaskTree,
  "task-wait": TaskWait,
  "task-result": TaskResult,
  "task-cancel": TaskCancel,
  questions: Questions,
  "task-resume": TaskResume,
  "thread-create": ThreadCreate,
  "thread-list": ThreadList,
  "thread-get": ThreadGet,
  "thread-turns": ThreadTurns,
  "thread-continue": ThreadContinue,
  events: Events,
  register: Register,
  "ensure-registered": EnsureRegistered,
  heartbeat: Heartbeat,
  agents: Agents,
  "agent-get": AgentGet,
  unregister: Unregister,
  targets: Targets,
  runtimes: Runtimes,
  "runtime-start": RuntimeStart,
  "runtime-stop": RuntimeStop,
  "runtime-health": RuntimeHealth,
  "runtime-launches": RuntimeLaunches,
  "registry-reload": RegistryReload,
  doctor: Doctor,
  init: Init,
  skill: Skill,
  completion: Completion,
  "artifact-get": ArtifactGet,
  "token-create": TokenCreate,
  "token-list": TokenList,
  "token-revoke": TokenRevoke,
  "peer-invite": PeerInvite,
  "peer-join": PeerJoin,
  "peer-add": PeerAdd,
  "peer-list": PeerList,
  "peer-sync": PeerSync,
  "peer-trust": PeerTrust,
  "peer-block": PeerBlock,
  "peer-remove": PeerRemove,
  "node-id": NodeId,
};

/**
 * Runs the command that the words name.
 * @param dir address of a file of the package, whose package.json tells the rest
 */
export async function runCommandLine(dir: string, words: readonly string[]): Promise<void> {
  const args = words[0] === "help" ? [...words.slice(1), "--help"] : [...words];
  const [name] = args;
  if (name === undefined || name.startsWith("-") || Object.hasOwn(commands, name)) {
    process.stdout.prependListener("error", endUnprinted); // oclif's throws
    await execute({ dir, args });
    return;
  }
  const like = Object.keys(commands).filter((known) => known.startsWith(name.slice(0, 4)));
  const similar = like.length === 0 ? "" : ` Similar: ${like.join(", ")}.`;
  process.stderr.write(`alink-cli: there is no command ${printable(name)}.${similar}\nSee --help for all.\n`);
  process.exitCode = exitCodes.usage;
}

/** Where the reader of a pipe has gone (`| head`), nobody is left to tell, and a stream would never end. */
function endUnprinted(thrown: NodeJS.ErrnoException): void {
  if (thrown.code === "EPIPE") process.exit(exitCodes.ok);
  process.stderr.write(`alink-cli: standard output can't be written: ${thrown.message}\n`);
  process.exit(exitCodes.unexpected);
}
