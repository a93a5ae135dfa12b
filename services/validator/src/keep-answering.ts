import { Bus } from "@ci-fix-pilot/actor/Bus"
import { Effect, Schedule } from "effect"

/** Answers a subject until the scope closes; begins again when the bus was away at first. */
export const keepAnswering = (subject: string, handler: (text: string) => Effect.Effect<string>) =>
  Bus.use((bus) => bus.answer(subject, handler)).pipe(
    Effect.andThen(Effect.never),
    Effect.scoped,
    Effect.retry(Schedule.spaced("1 second")),
    Effect.forkScoped({ startImmediately: true }),
  )
