import type { CommandType } from "./commands.ts"
import type { EventType } from "./events.ts"
import type { RunId, Service } from "./ids.ts"
import type { RunEventType } from "./run-events.ts"

/** `cmd.<service>.<verb-noun>`: a work queue, one durable per command. */
export const commandSubject = (type: CommandType) => `cmd.${type}`
/** The durable consumer of a command: `<service>-<verb-noun>`. */
export const commandDurable = (type: CommandType) => type.replace(".", "-")
/** `evt.<service>.<fact>`: what a service saw; the planner reads all of them. */
export const eventSubject = (service: Service, type: EventType) => `evt.${service}.${type}`
/** Where the answer to a command is said: by the service that it is addressed to. */
export const answerSubject = (command: CommandType, type: EventType) => `evt.${command.split(".")[0]}.${type}`
/** `run.<runId>.<fact>`: every ledger entry after its commit. */
export const runSubject = (runId: RunId, type: RunEventType) => `run.${runId}.${type}`
/** All commands. */
export const allCommands = "cmd.>"
/** Everything that services saw. */
export const allEvents = "evt.>"
/** All ledger entries of all runs. */
export const allRuns = "run.>"
/** Read-only questions, answered by any process that lives; never a truth. */
export const asks = {
  lease: "ask.planner.lease",
  readFile: "ask.validator.read-file",
  search: "ask.validator.search",
  list: "ask.validator.list",
} as const
/** The subject on which one service answers for its health. */
export const healthSubject = (service: Service) => `ask.${service}.health`
/** On which one validator process says whether it still works under a sandbox's label: no answer means an orphan. */
export const validatorInstance = (instance: string) => `ask.validator.instance.${instance}`
