/** The mirrors of one workspace: found or made, and filled with the commits that are asked for. */

import type { CommitSha } from "@ci-fix-pilot/contract/ids"
import { sha256Hex } from "@ci-fix-pilot/contract/sha256"
import { Effect, type Scope, Semaphore } from "effect"
import { clearAfterGit } from "./clear-after-git.ts"
import { bringCommit, type Git, gitOn, unavailable } from "./git-mirror.ts"
import type { CommitUnusable, Source, WorkspaceUnavailable } from "./Workspace.ts"
import type { WorkspaceCache } from "./workspace-cache.ts"
import type { WorkspaceSettings } from "./workspace-settings.ts"

export interface Mirror {
  readonly git: Git
  readonly path: string
}

/** A name for the repository that is safe in a path. */
export const repositoryKey = (source: Source): string => sha256Hex(`${source.provider}\n${source.repository.toLowerCase()}`).slice(0, 20)

/** Gives the mirror with these commits in it, kept until the scope closes. Fetches of one mirror wait for each other. */
export type MirrorWith = (
  source: Source,
  ...commits: ReadonlyArray<CommitSha>
) => Effect.Effect<Mirror, WorkspaceUnavailable | CommitUnusable, Scope.Scope>

export const makeMirrors = (cache: WorkspaceCache, settings: WorkspaceSettings, config: string): MirrorWith => {
  const locks = new Map<string, Semaphore.Semaphore>()
  const brought = new Map<string, Set<CommitSha>>()
  return (source, ...commits) =>
    Effect.gen(function* () {
      const key = repositoryKey(source)
      const path = yield* cache.use("mirrors", key, (directory) => {
        brought.delete(key)
        return Effect.mapError(gitOn(config, directory)(["init", "--quiet", "--bare", "--template=", directory]), unavailable)
      })
      const git = gitOn(config, path)
      const known = brought.get(key) ?? new Set()
      brought.set(key, known)
      const lock = locks.get(key) ?? Semaphore.makeUnsafe(1)
      locks.set(key, lock)
      for (const commit of commits) {
        if (known.has(commit)) continue
        // A git that was interrupted was killed.
        const fetched = yield* lock.withPermits(1)(Effect.andThen(clearAfterGit(path), bringCommit(git, settings, source, commit)))
        known.add(commit)
        if (fetched) yield* cache.grown("mirrors", key)
      }
      return { git, path }
    })
}
