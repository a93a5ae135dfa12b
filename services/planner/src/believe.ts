import { answeredCommand } from "@ci-fix-pilot/contract/dispatch-id"
import type { EventMessage } from "@ci-fix-pilot/contract/envelope"
import { type Asked, presumedSubject, refusal } from "@ci-fix-pilot/contract/who-may-say"
import type { Item } from "./plan-batch.ts"

/** Whether a message says that it answers a command. */
const isAnswer = (message: EventMessage) => answeredCommand(message) !== undefined

/** Why an item is not believed; undefined: it is. What the planner has noticed itself always is. `asked`: the command that it says it answers. */
export const whyRefused = ({ what }: Item, asked: Asked | undefined): string | undefined =>
  what.kind === "noticed" ? undefined : refusal(what.message, what.saidOn ?? presumedSubject(what.message, asked), asked)

/** An answer to what another ledger has asked: the database was set back or exchanged, and the broker was not. Nobody has to know. */
export const isOfNoConcern = ({ what }: Item, asked: Asked | undefined, isRunKnown: boolean) =>
  what.kind === "message" && what.fromInbox !== true && isAnswer(what.message) && asked === undefined && !isRunKnown
