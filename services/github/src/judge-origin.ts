import type { Author, Target } from "@ci-fix-pilot/contract/values"
import { Effect } from "effect"
import { GitHub, type Permission, type Pull, type WorkflowRun } from "./GitHub.ts"
import { ownerAndName } from "./GitHubClient.ts"
import { isAtHome } from "./our-pull-request.ts"

const insiders = new Set(["OWNER", "MEMBER", "COLLABORATOR"])

/** Where a failing commit comes from: who wrote it, whether from a fork, and whether its branch is still at it. */
export interface Origin {
  readonly author: Author
  readonly fork: boolean
  readonly headMoved: boolean
}

/**
 * Whose change it is. A pull request's author and a run's actor are what GitHub itself saw; a commit's author is whatever the commit
 * says, and counts only where neither is known, on a branch of the repository itself (pushing there needs the right to write).
 */
export const judgeOrigin = Effect.fn("judgeOrigin")(function* (target: Target, run: WorkflowRun | undefined) {
  const github = yield* GitHub
  const { repository, branch, commitSha } = target
  const head = yield* github.branchHead(repository, branch).pipe(Effect.catchTag("NotFound", () => Effect.succeed(undefined)))
  const foreignRun = run !== undefined && !isAtHome(run)
  const maybeForeign = foreignRun || (run === undefined && head !== commitSha)
  const pull = maybeForeign ? yield* foreignPull(target) : yield* ownPull(target)
  const fork = foreignRun || (pull !== undefined && !isAtHome(pull))

  const seen = fork ? (pull?.author ?? run?.actor) : run?.actor
  const login = seen ?? (fork ? undefined : yield* commitAuthor(target))
  // Who wrote what is in a fork is known only from its pull request: a run's actor may be anybody who started it.
  const unseen = fork && pull === undefined
  return {
    author: unseen ? { ...unknown, login: login ?? unknown.login } : yield* judge(target, login, pull),
    fork,
    headMoved: (fork ? pull?.headSha : head) !== commitSha,
  }
})

/** The open pull request at the commit, or else from a fork's branch of that name. */
const foreignPull = Effect.fnUntraced(function* ({ repository, branch, commitSha }: Target) {
  const github = yield* GitHub
  const matches = (pull: Pull) => pull.headSha === commitSha || (pull.headRef === branch && !isAtHome(pull))
  const pulls = yield* github.openPulls(repository, matches, 20)
  return pulls.find((pull) => pull.headSha === commitSha) ?? pulls[0]
})

const ownPull = Effect.fnUntraced(function* ({ repository, branch }: Target) {
  const pulls = yield* GitHub.use((github) => github.pullsFrom(repository, ownerAndName(repository).owner, branch))
  return pulls.find((pull) => pull.state === "open" && isAtHome(pull))
})

const commitAuthor = ({ repository, commitSha }: Target) =>
  GitHub.use((github) => github.commitAuthor(repository, commitSha)).pipe(
    Effect.catchTags({ NotFound: () => Effect.succeed(undefined), Conflict: () => Effect.succeed(undefined) }),
  )

const judge = Effect.fnUntraced(function* ({ repository }: Target, login: string | undefined, pull: Pull | undefined) {
  if (login === undefined) return unknown
  const association = pull?.author === login ? pull.association : undefined
  if (association !== undefined && insiders.has(association)) return author(login, association, true)
  const permission: Permission = yield* GitHub.use((github) => github.permission(repository, login)).pipe(
    // Asking needs rights that the credential may lack: unknown is not trusted.
    Effect.catchTags({ NotFound: () => Effect.succeed("none" as const), Forbidden: () => Effect.succeed("none" as const) }),
  )
  const writes = permission === "admin" || permission === "write"
  return author(login, association ?? (writes ? "COLLABORATOR" : "NONE"), writes)
})

/** Nobody known, and so not trusted. */
export const unknown: Author = { login: "unknown", association: "NONE", trusted: false }
const author = (login: string, association: string, trusted: boolean): Author => ({ login: login.slice(0, 100), association, trusted })
