/**
 * How much a view grew, without a quota. The file system's own counter is free to read, so it is polled; only when it moved far enough
 * for the limit to be in question (or long ago) are the files counted that changed since the start.
 */
import { statfs, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Clock, Effect, Schema, type Scope } from "effect"
import { runToEnd } from "../process/run-to-end.ts"
import { ownTemporary } from "./own-temporary.ts"

/** The machine's own disk is nearly full: nobody's command is to blame. */
export class DiskUnwatched extends Schema.TaggedError<DiskUnwatched>()("DiskUnwatched", { reason: Schema.String }) {}

export interface DiskWatch {
  /** Succeeds when the limit is exceeded; runs until then. */
  readonly exceeded: Effect.Effect<void, DiskUnwatched>
  /** One last look, when the command ended by itself; a thorough one counts the files in any case. */
  readonly isExceeded: (thorough: boolean) => Effect.Effect<boolean, DiskUnwatched>
}

const mebibyte = 1024 * 1024
const leastFreeMb = 128
const pollEvery = "100 millis"
/** Files are counted now and then even though the counter is calm, because others may free what this command fills: every second, or */
const countAtLeastEvery = 1_000_000_000n
/** so seldom that counting takes no more than this part of the time. */
const countingPart = 50n

const usage = (directory: string) =>
  Effect.tryPromise({
    try: async () => {
      const { bsize, blocks, bfree } = await statfs(directory)
      return { usedMb: ((blocks - bfree) * bsize) / mebibyte, freeMb: (bfree * bsize) / mebibyte }
    },
    catch: (cause) => new DiskUnwatched({ reason: `The view ${directory} cannot be measured: ${String(cause)}` }),
  })

/** Blocks of all files below that were made or changed after `since`; each counts at least 1 KiB for its inode. */
const changedMb = Effect.fn("watch-disk.count")(function* (directory: string, since: string) {
  const script = `find "$1" -xdev -cnewer "$2" -printf '%b\\n' 2>/dev/null | awk '{ sum += $1 + 2 } END { print int(sum / 2048) }'`
  const { output } = yield* runToEnd(["/bin/sh", "-c", script, "count", directory, since])
  return Number.parseInt(output, 10) || 0
})

/** Starts watching `directory`; files that are older than this call are not counted. */
export const watchDisk = Effect.fn("watch-disk")(function* (
  directory: string,
  limitMb: number,
): Effect.fn.Return<DiskWatch, DiskUnwatched, Scope.Scope> {
  const marks = yield* ownTemporary("disk")
  const since = join(marks, "since")
  yield* Effect.promise(() => writeFile(since, ""))
  const start = yield* usage(directory)
  let suspectAboveMb = start.usedMb + limitMb
  let nextCount = (yield* Clock.currentTimeNanos) + countAtLeastEvery

  const look = (thorough: boolean) =>
    Effect.gen(function* () {
      const { usedMb, freeMb } = yield* usage(directory)
      const now = yield* Clock.currentTimeNanos
      if (!thorough && now < nextCount && usedMb <= suspectAboveMb && freeMb >= leastFreeMb) return false
      const grownMb = yield* changedMb(directory, since)
      const after = yield* Clock.currentTimeNanos
      const pause = (after - now) * countingPart
      nextCount = after + (pause > countAtLeastEvery ? pause : countAtLeastEvery)
      suspectAboveMb = usedMb + Math.max(0, limitMb - grownMb)
      if (grownMb <= limitMb && freeMb < leastFreeMb)
        return yield* new DiskUnwatched({ reason: `Less than ${leastFreeMb} MiB are free where ${directory} lies.` })
      return grownMb > limitMb
    })

  const exceeded: Effect.Effect<void, DiskUnwatched> = Effect.gen(function* () {
    while (!(yield* look(false))) yield* Effect.sleep(pollEvery)
  })
  const watch: DiskWatch = { exceeded, isExceeded: look }
  return watch
})
