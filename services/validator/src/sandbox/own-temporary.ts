/** Directories that live as long as their scope, and are cleared away by the next start when their process was killed. */
import { existsSync } from "node:fs"
import { mkdtemp, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"

type Kind = "disk" | "sandbox"

/** The id of the process in the name is how an heir knows that nobody needs the directory any more. */
const ownName = /^ci-fix-pilot-(?:disk|sandbox)-(\d+)-/u

/** An empty directory that only this user can read. */
export const ownTemporary = (kind: Kind) =>
  Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), `ci-fix-pilot-${kind}-${process.pid}-`))),
    (path) => Effect.promise(() => rm(path, { recursive: true, force: true })),
  )

/** Whether a name of ours carries the id of a process that is no more. */
export const isOrphaned = (name: string, pattern: RegExp): boolean => {
  const pid = pattern.exec(name)?.[1]
  return pid !== undefined && !existsSync(`/proc/${pid}`)
}

/** Removes what killed processes left; what cannot be removed stays. */
export const clearLeftovers = Effect.promise(async () => {
  const names = await readdir(tmpdir()).catch((): Array<string> => [])
  for (const name of names.filter((name) => isOrphaned(name, ownName)))
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined)
})
