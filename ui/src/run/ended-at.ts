import { evolve, isStop, type Run } from "@ci-fix-pilot/lifecycle/run"
import type { LiveEntry } from "../live/follow.ts"

/** When the run came to its first stop, which is when its repair was done; undefined while it is at work. */
export const endedAt = (entries: ReadonlyArray<LiveEntry>): string | undefined => {
  let run: Run | undefined
  for (const entry of entries) {
    run = evolve(run, entry)
    if (isStop(run.phase)) return entry.at
  }
  return undefined
}
