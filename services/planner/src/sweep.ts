/**
 * Each second: whatever is due is sent (again) from the ledger, whatever is late is decided. This is why the broker may be wiped and any
 * service killed: Postgres knows what is missing.
 *
 * Safe to repeat because sending again takes a new dispatch number by compare-and-swap, and deciding goes through the same `applied` ids.
 */
import { Bus } from "@ci-fix-pilot/actor/Bus"
import { dispatchId } from "@ci-fix-pilot/contract/dispatch-id"
import { Duration, Effect, Fiber, FiberHandle, Layer, Schedule } from "effect"
import { send } from "./announce.ts"
import { applyItems } from "./apply-events.ts"
import { LeaseWatch } from "./LeaseWatch.ts"
import type { Item } from "./plan-batch.ts"
import { provideStreams } from "./provide-streams.ts"
import { unappliedInbox } from "./read-inbox.ts"
import { checkPullRequests, closeAgain } from "./sweep-pull-requests.ts"
import * as due from "./sweep-queries.ts"

/** What the broker has not said of a command by then (ms) it is asked in the next sweep. */
const lookMs = 2_000
/** A broker that is well says at once which streams it has; one that takes longer (ms) holds up nothing that is due. */
const streamsMs = 250

/** Looks for commands in the stream. One of which the broker could not say whether it is there stays as it is: nothing waits for it. */
const look = (doubtful: Effect.Success<typeof due.perhapsLost>) =>
  Effect.gen(function* () {
    const bus = yield* Bus
    const seen: Array<{ readonly commandId: string; readonly dispatch: number; readonly stored: boolean }> = []
    yield* Effect.forEach(
      doubtful,
      ({ commandId, dispatch, sequence }) =>
        bus.isStored("COMMANDS", sequence, dispatchId(commandId, dispatch)).pipe(
          Effect.map((stored) => seen.push({ commandId, dispatch, stored })),
          Effect.ignore,
        ),
      { concurrency: 16, discard: true },
    ).pipe(Effect.timeoutOption(lookMs))
    return [...seen]
  })

const sendLost = Effect.gen(function* () {
  const seen = yield* Effect.flatMap(due.perhapsLost, look)
  const lost = seen.filter(({ stored }) => !stored)
  if (seen.length > 0) yield* due.checked(seen.map(({ commandId }) => commandId))
  if (lost.length > 0) yield* Effect.flatMap(due.dispatchAgain(lost), send)
})

/** Sends what the broker never took, and what is neither held nor stored any more. */
export const sendDue = (freshS: number) =>
  Effect.all([Effect.flatMap(due.unsent(freshS), send), sendLost], { concurrency: 2, discard: true })

const applyAll = (items: ReadonlyArray<Item>) => (items.length === 0 ? Effect.void : applyItems(items))

/** Decides what time has decided: inbox rows nobody applied, commands and runs past their deadline, free slots. */
const decideDue = Effect.gen(function* () {
  yield* Effect.flatMap(unappliedInbox, applyAll)
  const seen = yield* LeaseWatch.use((watch) => watch.seen)
  yield* Effect.flatMap(due.lateCommands(seen), applyAll)
  yield* Effect.flatMap(due.lateRuns, applyAll)
  yield* Effect.flatMap(due.freeSlots, applyAll)
})

const guarded = <A, E extends { readonly message: string }, R>(what: string, work: Effect.Effect<A, E, R>) =>
  Effect.catchCause(work, (cause) => Effect.logWarning(`sweep: ${what} failed; the next sweep tries again`, cause))

/** Looks after the streams. Before a slow broker had them, what was due may have been sent to where there was none: it is sent again. */
const provideAndSend = (freshS: number) =>
  Effect.flatMap(Effect.timed(provideStreams), ([took]) =>
    Duration.toMillis(took) < streamsMs ? Effect.void : guarded("sending", sendDue(freshS)),
  )

/** First of all the streams, for without them nothing can be sent. One look at them at a time, which outlives the sweep that began it. */
const sendAll = (looking: FiberHandle.FiberHandle<void>, freshS: number) =>
  Effect.gen(function* () {
    const providing = yield* FiberHandle.run(looking, guarded("streams", provideAndSend(freshS)), { onlyIfMissing: true })
    yield* Effect.timeoutOption(Fiber.await(providing), streamsMs)
    yield* guarded("sending", sendDue(freshS))
  })

/** Makes the sweep of a planner: one round of it. No part stops another. Commands younger than `freshS` (s) are left to who committed them. */
export const makeSweep = Effect.map(
  FiberHandle.make<void>(),
  (looking) => (freshS: number) =>
    Effect.gen(function* () {
      yield* Effect.all([sendAll(looking, freshS), guarded("decisions", decideDue)], { concurrency: 2 })
      yield* guarded("pull requests", checkPullRequests)
      yield* guarded("pull requests that could not be closed", closeAgain)
      yield* guarded("leftovers", due.closeLeftovers)
      yield* guarded("pruning", due.prune)
    }),
)

/** What is unsent when a planner starts was committed by one that died: it waits for nobody. A second copy of a command is dropped. */
export const layer = Layer.effectDiscard(
  Effect.flatMap(makeSweep, (sweep) => Effect.forkScoped(Effect.andThen(sweep(0), Effect.repeat(sweep(1), Schedule.spaced("1 second"))))),
)
