import { Context, Effect, Layer, Schedule } from "effect"
import { Sessions } from "./Sessions.ts"

/** How long a stream may outlive a session that was ended at another copy of this process, or that expired. */
const lookEvery = "15 seconds"

/** Which live streams belong to which session: none outlives its session. */
export class Audience extends Context.Service<
  Audience,
  {
    /** `cut` is called when the session has ended; the answer is how to leave before. */
    readonly join: (session: string, cut: () => void) => () => void
    /** Cuts the session's streams here and now. */
    readonly dismiss: (session: string) => Effect.Effect<void>
  }
>()("ci-fix-pilot/api/Audience") {
  static readonly layer = Layer.effect(
    Audience,
    Effect.gen(function* () {
      const sessions = yield* Sessions
      const present = new Map<string, Set<() => void>>()
      const dismiss = (session: string) =>
        Effect.sync(() => {
          for (const cut of [...(present.get(session) ?? [])]) cut()
          present.delete(session)
        })
      const look = Effect.gen(function* () {
        const names = [...present.keys()]
        if (names.length === 0) return
        const holding = yield* sessions.holding(names)
        for (const name of names) if (!holding.has(name)) yield* dismiss(name)
      }).pipe(Effect.catch((error) => Effect.logDebug("the sessions could not be looked at", error.message)))
      yield* look.pipe(Effect.repeat(Schedule.spaced(lookEvery)), Effect.forkScoped)
      return Audience.of({
        dismiss,
        join: (session, cut) => {
          const cuts = present.get(session) ?? new Set()
          present.set(session, cuts.add(cut))
          return () => {
            cuts.delete(cut)
            if (cuts.size === 0 && present.get(session) === cuts) present.delete(session)
          }
        },
      })
    }),
  )
}
