/** Installed dependencies that lack nothing are good for all time; others only until what they lack may have come. */
import { Clock, Effect } from "effect"
import type { ViewLayer } from "./Workspace.ts"

const hourMs = 3_600_000
const mostHours = 12

/** How long a layer that lacks something is used: an hour at first, and longer each time that it could not be had again. */
const lifeMs = (generation: number): number => Math.min(2 ** generation, mostHours) * hourMs

/**
 * The first layer that lacks nothing or is young enough; `at` gives the one of a generation, made anew where there is none. An older one
 * stays as it is for who uses it.
 */
export const freshLayer = Effect.fnUntraced(function* <E, R>(at: (generation: number) => Effect.Effect<ViewLayer, E, R>) {
  for (let generation = 0; ; generation += 1) {
    const layer = yield* at(generation)
    const { notInstalled = [], madeAt } = layer
    if (notInstalled.length === 0 || madeAt === undefined) return layer
    if ((yield* Clock.currentTimeMillis) - madeAt < lifeMs(generation)) return layer
  }
})
