import { isAncestor, keepPullHead, shareCommits, zero } from "../git/refs.ts"
import { fullName } from "../git/repositories.ts"
import type { RepositoryRow } from "../store/rows.ts"
import type { World } from "../world.ts"
import { changePull, closedPull, pullsOf } from "./pull-events.ts"

/** A ref, where it was and is (zeros: nowhere), and who moved it. */
export interface RefMove {
  readonly ref: string
  readonly before: string
  readonly after: string
  readonly by: string
}

/**
 * What a moved branch means for the open pull requests that depend on it: a new head is synchronized, a deleted head or
 * base closes, and a base that came to contain the head has merged it.
 */
export const refMoved = async (world: World, repository: RepositoryRow, move: RefMove): Promise<void> => {
  if (!move.ref.startsWith("refs/heads/")) return
  const name = fullName(repository)
  const branch = move.ref.slice("refs/heads/".length)
  // Read again: a person may have joined the repository while this move was under way.
  const current = world.store.repositories.get(name.toLowerCase()) ?? repository
  world.store.repositories.put(name.toLowerCase(), { ...current, pushedAt: world.now().toISOString() })
  const path = world.repositories.path(repository)
  for (const pull of world.store.pulls.all()) {
    if (pull.state === "closed" || pull.headRepository !== name || pull.headRef !== branch) continue
    const base = world.repositories.byName(pull.repository)
    if (base === undefined) continue
    if (move.after === zero) await changePull(world, base, closedPull(world, pull), "closed", move.by)
    else {
      const into = world.repositories.path(base)
      if (into !== path) await shareCommits(into, path, move.after)
      await keepPullHead(into, pull.number, move.after)
      await changePull(world, base, { ...pull, headSha: move.after }, "synchronize", move.by, { before: move.before, after: move.after })
    }
  }
  for (const pull of pullsOf(world, repository)) {
    if (pull.state === "closed" || pull.baseRef !== branch) continue
    if (move.after === zero) await changePull(world, repository, closedPull(world, pull), "closed", move.by)
    else if (await isAncestor(path, pull.headSha, move.after)) {
      const merged = { ...closedPull(world, pull), mergedAt: world.now().toISOString(), mergedBy: move.by, mergeCommitSha: move.after }
      await changePull(world, repository, merged, "closed", move.by)
    }
  }
}
