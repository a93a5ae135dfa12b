/** A bounded number of runs in the sandbox. */
import { Effect, Schema } from "effect"

/** All runs were used before anything green was found. */
export class RunsUsedUp extends Schema.TaggedError<RunsUsedUp>()("RunsUsedUp", { limit: Schema.Int }) {
  override get message(): string {
    return `${this.limit} runs in the sandbox were not enough to find a part of the change whose removal turns it green.`
  }
}

export interface Runs {
  /** Counts one run before it starts. Fails with RunsUsedUp instead of starting one too many. */
  readonly counted: <A, E, R>(run: Effect.Effect<A, E, R>) => Effect.Effect<A, E | RunsUsedUp, R>
  readonly used: () => number
  readonly left: () => number
}

export const countRuns = (limit: number): Runs => {
  let used = 0
  return {
    counted: (run) =>
      Effect.gen(function* () {
        if (used >= limit) return yield* new RunsUsedUp({ limit })
        used += 1
        return yield* run
      }),
    used: () => used,
    left: () => limit - used,
  }
}
