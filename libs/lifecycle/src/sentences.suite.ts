/**
 * The rules of a run as sentences: given what its ledger holds, when something happens, then this is recorded and that is asked for.
 *
 *   given(...validating).when(fixRejected).then("fix-rejected", "escalated")
 */
import type { CommandType } from "@ci-fix-pilot/contract/commands"
import type { Event } from "@ci-fix-pilot/contract/events"
import type { RunEvent, RunEventType } from "@ci-fix-pilot/contract/run-events"
import type { ReviewAction, ReviewedPhase } from "@ci-fix-pilot/contract/values"
import { expect } from "vitest"
import { type Facts, type Input, noFacts } from "./input.ts"
import { defaultPolicy, type Policy } from "./policy.ts"
import { evolve, type Run } from "./run.ts"
import { type Step, step } from "./step.ts"

export const runId = "run_0123456789abcdef01234567"

/** The run that a ledger tells of. */
export const runOf = (ledger: ReadonlyArray<RunEvent>): Run => {
  const run = ledger.reduce<Run | undefined>(evolve, undefined)
  if (run === undefined) throw new Error("an empty ledger tells of no run")
  return run
}

/** An event as it comes in, also as the answer to a command. */
export const heard = (event: Event): Input => ({ kind: "event", event })
/** The answer to a command that waits for it. */
export const answered = (event: Event, type: CommandType): Input => ({ kind: "event", event, answers: { type, open: true } })
/** The answer to a command that was closed meanwhile. */
export const late = (event: Event, type: CommandType = "validator.reproduce"): Input => ({
  kind: "event",
  event,
  answers: { type, open: false },
})
export const gaveUp = (command: CommandType, why = "away", heldUsd?: number): Input => ({
  kind: "gave-up",
  command,
  why,
  ...(heldUsd === undefined ? {} : { heldUsd }),
})
/** The service that was asked says that no repetition mends it. */
export const refusedForGood = (command: CommandType, why: string): Input => ({ kind: "gave-up", command, why, forGood: true })
export const deadlinePassed: Input = { kind: "deadline-passed" }
export const slotFree: Input = { kind: "slot-free" }
/** A reviewer's word. */
export const review = (
  action: ReviewAction,
  more: {
    readonly note?: string
    readonly patchSha256?: string
    readonly by?: string
    readonly expectedPhase?: ReviewedPhase
  } = {},
) => {
  const { by = "grace", ...rest } = more
  return heard({ type: "review-given", data: { action, reviewer: by, ...rest } })
}

/** What came of it. Entries and commands are looked at in order. */
class Outcome {
  readonly entries: ReadonlyArray<RunEvent>
  readonly run: Run | undefined
  readonly commands: ReadonlyArray<Step["commands"][number]["intent"]>

  constructor({ entries, run, commands }: Step) {
    this.entries = entries
    this.run = run
    this.commands = commands.map(({ intent }) => intent)
  }

  /** Exactly these entries are recorded. */
  // biome-ignore lint/suspicious/noThenProperty: a sentence reads given, when, then; nobody awaits one
  then(...types: ReadonlyArray<RunEventType>) {
    expect(this.entries.map(({ type }) => type)).toEqual(types)
    return this
  }

  /** One of the entries holds this. */
  saying(data: object) {
    expect(this.entries.map((entry) => entry.data)).toContainEqual(expect.objectContaining(data))
    return this
  }

  /** The run ends with a person, who is told this, and to do nothing that an ended run refuses; `patch`: the hash of the patch attached, false for none. */
  telling(reason: RegExp, patch: string | false = false) {
    const [last] = this.entries.slice(-1)
    if (last?.type !== "escalated") throw new Error(`the last entry is ${last?.type}, not escalated`)
    expect(last.data.report.reason).toMatch(reason)
    expect(last.data.report.nextStep).not.toMatch(/I fixed it|approve|deny|abort/iu)
    expect(last.data.report.patch?.sha256 ?? false).toBe(patch)
    return this
  }

  /** Exactly these commands are sent. */
  asking(...types: ReadonlyArray<CommandType>) {
    expect(this.commands.map(({ type }) => type)).toEqual(types)
    return this
  }

  /** One of the commands carries this. */
  sending(data: object) {
    expect(this.commands.map((command) => command.data)).toContainEqual(expect.objectContaining(data))
    return this
  }

  /** Nothing is recorded and nothing is asked. */
  nothing() {
    return this.then().asking()
  }
}

class Situation {
  readonly #ledger: ReadonlyArray<RunEvent>
  readonly #policy: Policy
  readonly #facts: Facts

  constructor(ledger: ReadonlyArray<RunEvent>, policy: Policy, facts: Facts) {
    this.#ledger = ledger
    this.#policy = policy
    this.#facts = facts
  }

  under(policy: Partial<Policy>) {
    return new Situation(this.#ledger, { ...this.#policy, ...policy }, this.#facts)
  }

  knowing(facts: Partial<Facts>) {
    return new Situation(this.#ledger, this.#policy, { ...this.#facts, ...facts })
  }

  when(input: Input | Event) {
    const run = this.#ledger.reduce<Run | undefined>(evolve, undefined)
    return new Outcome(step(runId, run, "kind" in input ? input : heard(input), this.#facts, this.#policy))
  }
}

/** A run with this ledger, under the default policy, alone in the world. */
export const given = (...ledger: ReadonlyArray<RunEvent>) => new Situation(ledger, defaultPolicy, noFacts)
/** No run yet. */
export const nothingYet = given()
