import { readDispatchId } from "@ci-fix-pilot/contract/dispatch-id"
import { Effect, Random } from "effect"

const firstMs = 1_000
/** Doubled so often at most: 16 s. */
const mostDoublings = 4

/** How long to wait (ms) after this dispatch of a command: 1 s after the first, doubled with each, at most 16 s; and up to a half more at random. */
export const backoffMs = (id: string): Effect.Effect<number> => {
  const doublings = Math.min(Math.max(0, readDispatchId(id).dispatch - 1), mostDoublings)
  return Effect.map(Random.next, (part) => Math.floor(firstMs * 2 ** doublings * (1 + part / 2)))
}
