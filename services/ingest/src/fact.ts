import type { Event } from "@ci-fix-pilot/contract/events"
import type { RunId } from "@ci-fix-pilot/contract/ids"

/** What a webhook says, as an event of a run. The same fact has the same `key`, however often and by whomever it is told. */
export interface Fact {
  readonly repository: string
  readonly key: string
  readonly runId: RunId
  readonly event: Event
}

/** A webhook that changes nothing, and why. */
export interface Ignored {
  readonly ignored: string
}

export const isIgnored = (fact: Fact | Ignored): fact is Ignored => "ignored" in fact
