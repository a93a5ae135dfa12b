/** Removes a stranger's files: no symbolic link is followed, no permission and no depth is in the way. */
import { lstat } from "node:fs/promises"
import { Effect, Fiber, Schedule, Schema } from "effect"
import { runToEnd } from "../process/run-to-end.ts"

class NotRemoved extends Schema.TaggedError<NotRemoved>()("NotRemoved", { why: Schema.String }) {}

/** By a program: the runtime's own takes a second for a tree that is a thousand directories deep, and hours for ten thousand. */
const rm = (path: string) =>
  Effect.flatMap(runToEnd(["rm", "--recursive", "--force", "--one-file-system", "--", path]), ({ code, output }) =>
    code === 0 ? Effect.void : Effect.fail(new NotRemoved({ why: output.trim().slice(0, 300) })),
  )

/** Directories without write or search permission stop anybody but root. Of a link given as the path itself, `chmod` would change what it points to. */
const unlock = Effect.fnUntraced(function* (path: string) {
  const isDirectory = yield* Effect.promise(() =>
    lstat(path).then(
      (found) => found.isDirectory(),
      () => false,
    ),
  )
  if (isDirectory) yield* runToEnd(["chmod", "--recursive", "--silent", "u+rwx", "--", path])
})

/** Nobody waits for longer: what a stranger made large on purpose is removed beside the work. */
const waitFor = "2 seconds"

/** Removes what is at `path`, if anything is. What cannot be removed now is said, and left to the next start. */
export const removeTree = Effect.fnUntraced(function* (path: string) {
  const removing = rm(path).pipe(
    Effect.catch(() => Effect.andThen(unlock(path), rm(path))),
    Effect.retry({ times: 5, schedule: Schedule.spaced("100 millis") }),
    Effect.catch(({ why }) => Effect.logWarning("could not be removed", { path, why })),
  )
  const fiber = yield* Effect.forkDetach(removing, { startImmediately: true })
  yield* Effect.timeoutOption(Effect.interruptible(Fiber.await(fiber)), waitFor)
})
