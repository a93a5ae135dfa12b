/** Removes a stranger's files: no symbolic link is followed, no permission is in the way. */
import { chmod, lstat, readdir, rm } from "node:fs/promises"
import { join } from "node:path"
import { Effect, Schedule } from "effect"

/** Directories without write or search permission stop anybody but root. */
const unlock = async (directory: string): Promise<void> => {
  await chmod(directory, 0o700)
  for (const entry of await readdir(directory, { withFileTypes: true })) if (entry.isDirectory()) await unlock(join(directory, entry.name))
}

const remove = async (path: string): Promise<void> => {
  await rm(path, { recursive: true, force: true }).catch(async () => {
    if ((await lstat(path)).isDirectory()) await unlock(path)
    await rm(path, { recursive: true, force: true })
  })
}

/** Removes what is at `path`, if anything is. What cannot be removed now is said, and left to the next start. */
export const removeTree = (path: string): Effect.Effect<void> =>
  Effect.tryPromise(() => remove(path)).pipe(
    Effect.retry({ times: 5, schedule: Schedule.spaced("100 millis") }),
    Effect.catch((error) => Effect.logWarning("could not be removed", { path, why: String(error.cause) })),
  )
