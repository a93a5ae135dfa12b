import type { LedgerEntry } from "@ci-fix-pilot/contract/run-view"
import { evolve, type Run } from "@ci-fix-pilot/lifecycle/run"
import type { LiveEntry } from "../live/follow.ts"
import { marks } from "./marks.ts"

/** Whether this page knows what the entry means; a newer server may write facts that an open page has never heard of. */
export const isKnown = (entry: LedgerEntry): entry is LedgerEntry & LiveEntry => entry.type in marks

/** The entries that can be folded, in the order of the ledger. */
export const knownEntries = (events: ReadonlyArray<LedgerEntry>): ReadonlyArray<LiveEntry> => events.filter(isKnown)

/** The state that a ledger stands for; undefined for an empty one. */
export const fold = (entries: ReadonlyArray<LiveEntry>): Run | undefined =>
  entries.reduce<Run | undefined>((run, entry) => evolve(run, entry), undefined)
