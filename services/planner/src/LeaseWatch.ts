import { Context, Effect, Layer, Ref } from "effect"
import { lookAgain, type Watch } from "./lease-watch.ts"

/** Before the first look nobody is taken for dead. */
const notYet: Watch = { since: 0, last: 0 }

/**
 * How long leases could be renewed, as those saw who give them. Kept beside the sweeps: however slow these are, a holder whose questions
 * would have been answered all the time and who asked none is dead.
 */
export class LeaseWatch extends Context.Service<
  LeaseWatch,
  {
    /** Until the last look, also when it was long ago. */
    readonly seen: Effect.Effect<Watch>
    /** Notes that a question which was asked at this time of the database (s) was answered. */
    readonly answered: (now: number) => Effect.Effect<void>
  }
>()("ci-fix-pilot/planner/LeaseWatch") {
  static readonly layer = Layer.effect(
    LeaseWatch,
    Effect.map(Ref.make<Watch | undefined>(undefined), (watch) =>
      LeaseWatch.of({
        seen: Effect.map(Ref.get(watch), (seen) => seen ?? notYet),
        answered: (now) => Ref.update(watch, (seen) => lookAgain(seen, now)),
      }),
    ),
  )
}
