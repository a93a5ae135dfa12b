import { fullName } from "../git/repositories.ts"
import type { Json } from "../http/answer.ts"
import { pullJson } from "../json/pull.ts"
import { repositoryJson } from "../json/repository.ts"
import { userJson } from "../json/user.ts"
import type { PullRow, RepositoryRow } from "../store/rows.ts"
import type { World } from "../world.ts"

/** How the store calls a pull request. */
export const pullKey = (repository: RepositoryRow, number: number): string => `${fullName(repository).toLowerCase()}#${number}`

/** The repository's pull requests, oldest first. */
export const pullsOf = (world: World, repository: RepositoryRow): ReadonlyArray<PullRow> =>
  world.store.pulls.all().filter((pull) => pull.repository === fullName(repository))

/** Tells the receiver that something happened to a pull request. */
export const announcePull = async (
  world: World,
  repository: RepositoryRow,
  pull: PullRow,
  action: "opened" | "closed" | "reopened" | "synchronize" | "edited" | "labeled",
  by: string,
  more: Json = {},
): Promise<void> => {
  world.deliveries.send({
    event: "pull_request",
    repository: fullName(repository),
    payload: {
      action,
      number: pull.number,
      pull_request: await pullJson(world, repository, pull),
      ...more,
      repository: repositoryJson(world, repository),
      sender: userJson(world, by),
    },
  })
}

/** Records a pull request's new state and tells the receiver. */
export const changePull = async (
  world: World,
  repository: RepositoryRow,
  pull: PullRow,
  action: Parameters<typeof announcePull>[3],
  by: string,
  more: Json = {},
): Promise<PullRow> => {
  const row = world.store.pulls.put(pullKey(repository, pull.number), { ...pull, updatedAt: world.now().toISOString() })
  await announcePull(world, repository, row, action, by, more)
  return row
}

/** The pull request, closed now. */
export const closedPull = (world: World, pull: PullRow): PullRow => ({ ...pull, state: "closed", closedAt: world.now().toISOString() })
