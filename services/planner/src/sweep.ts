/**
 * Each second: whatever is due is sent (again) from the ledger, whatever is late is decided. This is why the broker may be wiped and any
 * service killed: Postgres knows what is missing.
 *
 * Safe to repeat because sending again takes a new dispatch number by compare-and-swap, and deciding goes through the same `applied` ids.
 */
import { Bus } from "@ci-fix-pilot/actor/Bus"
import { Effect, Layer, Ref, Schedule } from "effect"
import { send } from "./announce.ts"
import { applyItems } from "./apply-events.ts"
import { lookAgain, type Watch } from "./lease-watch.ts"
import type { Item } from "./plan-batch.ts"
import { provideStreams } from "./provide-streams.ts"
import * as due from "./sweep-queries.ts"

/** Sends what the broker never took, and what is neither held nor stored any more. */
export const sendDue = Effect.gen(function* () {
  yield* Effect.flatMap(due.unsent, send)
  const bus = yield* Bus
  const doubtful = yield* due.perhapsLost
  const lost = yield* Effect.filter(
    doubtful,
    ({ commandId, dispatch, sequence }) => Effect.map(bus.isStored("COMMANDS", sequence, `${commandId}#${dispatch}`), (stored) => !stored),
    { concurrency: 16 },
  )
  if (doubtful.length > 0) yield* due.checked(doubtful.map(({ commandId }) => commandId))
  if (lost.length > 0) yield* Effect.flatMap(due.dispatchAgain(lost), send)
})

const applyAll = (items: ReadonlyArray<Item>) => (items.length === 0 ? Effect.void : applyItems(items))

/** The watch over the leases, as the last sweep left it. */
type WatchRef = Ref.Ref<Watch | undefined>

/** Goes on with the watch: leases can be renewed now. */
const look = (watch: WatchRef) =>
  Effect.gen(function* () {
    const seen = lookAgain(yield* Ref.get(watch), yield* due.databaseTime)
    yield* Ref.set(watch, seen)
    return seen
  })

/** Decides what time has decided: inbox rows nobody applied, commands and runs past their deadline, free slots. */
const decideDue = (watch: WatchRef) =>
  Effect.gen(function* () {
    yield* Effect.flatMap(due.unappliedInbox, applyAll)
    yield* Effect.flatMap(Effect.flatMap(look(watch), due.lateCommands), applyAll)
    yield* Effect.flatMap(due.lateRuns, applyAll)
    yield* Effect.flatMap(due.freeSlots, applyAll)
  })

const guarded = <A, E extends { readonly message: string }, R>(what: string, work: Effect.Effect<A, E, R>) =>
  Effect.catchCause(work, (cause) => Effect.logWarning(`sweep: ${what} failed; the next sweep tries again`, cause))

/** One sweep. No part of it stops another. While the broker is away nobody can ask for a lease: the watch ends. */
export const sweep = (watch: WatchRef) =>
  Effect.gen(function* () {
    yield* guarded("decisions", decideDue(watch))
    yield* guarded(
      "streams",
      Effect.tapCause(provideStreams, () => Ref.set(watch, undefined)),
    )
    yield* guarded("sending", sendDue)
    yield* guarded("pull requests", due.checkPullRequests)
    yield* guarded("leftovers", due.closeLeftovers)
    yield* guarded("pruning", due.prune)
  })

export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const watch = yield* Ref.make<Watch | undefined>(undefined)
    yield* Effect.forkScoped(Effect.repeat(sweep(watch), Schedule.spaced("1 second")))
  }),
)
