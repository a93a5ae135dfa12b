/** What this program itself has recorded, from values that were decoded at the door: read again without a look at all of it. */
import { type Command, commandTypes } from "@ci-fix-pilot/contract/commands"
import type { Run } from "@ci-fix-pilot/lifecycle/run"
import { Schema } from "effect"

export const CommandName = Schema.Literals(commandTypes)
const isCommandName = Schema.is(CommandName)

export const RecordedCommand = Schema.declare(
  (value): value is Command =>
    typeof value === "object" && value !== null && "type" in value && "data" in value && isCommandName(value.type),
)

/** The fold of a run's entries. */
export const RecordedRun = Schema.declare((value): value is Run => typeof value === "object" && value !== null && "phase" in value)
