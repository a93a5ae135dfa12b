/** A bare copy of a repository: brings commits, and answers questions about them from git's objects. */
import type { CommitSha } from "@ci-fix-pilot/contract/ids"
import { Effect, Redacted, Schedule } from "effect"
import { tookTooLong } from "../process/run-to-end.ts"
import { type GitCall, type GitFailed, runGit } from "./run-git.ts"
import { CommitUnusable, type SearchHit, type Source, type TreeEntry, WorkspaceUnavailable } from "./Workspace.ts"
import { historyDepth, maxFiles, protocolOf, type WorkspaceSettings } from "./workspace-settings.ts"

export type Git = (args: ReadonlyArray<string>, call?: Partial<GitCall>) => ReturnType<typeof runGit>

/** git on one mirror. */
export const gitOn =
  (config: string, mirror: string): Git =>
  (args, call = {}) =>
    runGit({ config, ...call, args: [`--git-dir=${mirror}`, ...args] })

/** A failure of git that says nothing about the repository. */
export const unavailable = (error: GitFailed): WorkspaceUnavailable => new WorkspaceUnavailable({ reason: error.message.slice(0, 1_000) })

/** What git and its servers say when a repository or commit is not there, in which case asking again changes nothing. */
const absent =
  /not our ref|unadvertised object|couldn't find remote ref|repository .* not found|does not appear to be a git repository|no such remote ref|upload-pack: not our ref/iu

const has = (git: Git, commit: CommitSha) =>
  Effect.map(git(["cat-file", "-e", `${commit}^{commit}`], { accept: [1, 128] }), ({ code }) => code === 0)

const fetch = (git: Git, settings: WorkspaceSettings, source: Source, wanted: string, depth: number) => {
  const token = Redacted.value(settings.mirrorToken)
  const header = token === "" ? [] : [["http.extraHeader", `Authorization: Bearer ${token}`] as const]
  const config = [["protocol.version", "2"] as const, ...header]
  const numbered = config.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ])
  return git(
    [
      "fetch",
      "--quiet",
      "--no-tags",
      "--no-recurse-submodules",
      `--depth=${depth}`,
      `${settings.mirrorUrl}/${source.repository}.git`,
      wanted,
    ],
    {
      env: { GIT_ALLOW_PROTOCOL: protocolOf(settings), GIT_CONFIG_COUNT: String(config.length), ...Object.fromEntries(numbered) },
      maxFileBytes: settings.maxMb * 1024 * 1024,
      maxBytes: 1024 * 1024,
    },
  )
}

const again = Schedule.spaced("300 millis")

/**
 * Brings the commit and some history behind it. Servers that do not serve commits by name are asked for the branch. The commit is then
 * kept by a ref of its own, from which the next fetch starts.
 */
export const bringCommit = Effect.fn("mirror.bring-commit")(function* (
  git: Git,
  settings: WorkspaceSettings,
  source: Source,
  commit: CommitSha,
) {
  if (yield* Effect.mapError(has(git, commit), unavailable)) return false
  const by = (wanted: string) =>
    fetch(git, settings, source, wanted, historyDepth).pipe(
      Effect.retry({ times: 2, schedule: again, while: (error) => !absent.test(error.stderr) && error.code !== tookTooLong }),
    )
  const fetched = yield* Effect.result(
    Effect.catchIf(by(`+${commit}:refs/kept/${commit}`), isAbsent, () => by(`+refs/heads/${source.branch}:refs/kept-heads/${commit}`)),
  )
  if (fetched._tag === "Failure") {
    if (absent.test(fetched.failure.stderr))
      return yield* new CommitUnusable({ commit, reason: `the repository ${source.repository} does not have it` })
    return yield* unavailable(fetched.failure)
  }
  if (!(yield* Effect.mapError(has(git, commit), unavailable)))
    return yield* new CommitUnusable({ commit, reason: `it is no longer on ${source.branch} of ${source.repository}` })
  yield* Effect.mapError(git(["update-ref", `refs/kept/${commit}`, commit]), unavailable)
  return true
})

const isAbsent = (error: GitFailed): boolean => absent.test(error.stderr)

/** All entries of a commit, in path order. */
export const listEntries = Effect.fn("mirror.list")(function* (git: Git, commit: CommitSha) {
  const { stdout, truncated } = yield* Effect.mapError(git(["ls-tree", "-r", "-z", "-l", "--full-tree", commit]), unavailable)
  const lines = stdout.toString("utf8").split("\0")
  if (truncated || lines.length > maxFiles) return yield* new CommitUnusable({ commit, reason: `it has more than ${maxFiles} files` })
  return lines.flatMap((line): ReadonlyArray<TreeEntry> => {
    const [, mode, blob, size, path] = /^(\d+) \w+ (\w+) +(\S+)\t(.+)$/su.exec(line) ?? []
    return mode === undefined || blob === undefined || path === undefined ? [] : [{ path, mode, blob, bytes: Number(size) || 0 }]
  })
})

/** Contents of blobs by their ids, in one go. */
export const readBlobs = Effect.fn("mirror.read")(function* (git: Git, blobs: ReadonlyArray<string>, maxBytes: number) {
  const contents = new Map<string, Buffer>()
  if (blobs.length === 0) return contents
  const { stdout } = yield* Effect.mapError(
    git(["cat-file", "--batch"], { input: `${blobs.join("\n")}\n`, maxBytes: blobs.length * (maxBytes + 200) }),
    unavailable,
  )
  let at = 0
  for (const blob of blobs) {
    const end = stdout.indexOf(10, at)
    const size = Number(stdout.subarray(at, end).toString().split(" ")[2])
    if (end < 0 || !Number.isInteger(size)) return yield* new WorkspaceUnavailable({ reason: `The mirror lost the object ${blob}.` })
    contents.set(blob, stdout.subarray(end + 1, end + 1 + size))
    at = end + 1 + size + 1
  }
  return contents
})

const searchBytes = 1024 * 1024

/** Lines of text files that hold the literal text. A few too many matches are cut off, not counted. */
export const searchText = Effect.fn("mirror.search")(function* (git: Git, commit: CommitSha, text: string, limit: number) {
  const args = ["grep", "-n", "-z", "-I", "--fixed-strings", "--no-textconv", "--no-recurse-submodules", "--threads=1", "-e", text, commit]
  const { stdout } = yield* Effect.mapError(git(args, { accept: [1], maxBytes: searchBytes }), unavailable)
  return stdout
    .toString("utf8")
    .split("\n")
    .flatMap((hit): ReadonlyArray<SearchHit> => {
      const [name = "", line, found] = hit.split("\0")
      return found === undefined ? [] : [{ path: name.slice(commit.length + 1), line: Number(line), text: found }]
    })
    .slice(0, limit)
})

/** First-parent ancestors, newest first. */
export const listAncestors = Effect.fn("mirror.ancestors")(function* (git: Git, commit: CommitSha, limit: number) {
  const { stdout } = yield* Effect.mapError(git(["rev-list", "--first-parent", `--max-count=${limit + 1}`, commit]), unavailable)
  return stdout.toString("latin1").split("\n").filter(Boolean).slice(1)
})

const diffBytes = 4 * 1024 * 1024

/** The unified diff from one commit to another. */
export const diffCommits = Effect.fn("mirror.diff")(function* (git: Git, from: CommitSha, to: CommitSha) {
  const options = [
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--no-renames",
    "--full-index",
    "--binary",
    "--src-prefix=a/",
    "--dst-prefix=b/",
  ]
  const { stdout, truncated } = yield* Effect.mapError(
    git(["diff-tree", "-r", "-p", ...options, from, to], { maxBytes: diffBytes }),
    unavailable,
  )
  if (truncated) return yield* new CommitUnusable({ commit: to, reason: `it differs from ${from.slice(0, 12)} by more than 4 MB` })
  return stdout.toString("utf8")
})
