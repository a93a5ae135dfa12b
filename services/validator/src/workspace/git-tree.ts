/** Files out of a mirror: a commit's checked-out tree, and the few files in which a try differs from it, both written by git itself. */
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { CommitSha } from "@ci-fix-pilot/contract/ids"
import { Effect, Schema } from "effect"
import { tookTooLong } from "../process/run-to-end.ts"
import type { SandboxUser } from "../sandbox/Sandbox.ts"
import { type Git, listEntries, unavailable } from "./git-mirror.ts"
import { isPlainPath } from "./plain-path.ts"
import { prepareOwnership } from "./prepare-ownership.ts"
import type { GitFailed } from "./run-git.ts"
import { CommitUnusable, type FileChange, WorkspaceUnavailable } from "./Workspace.ts"

const decodeSha = Schema.decodeUnknownEffect(CommitSha)

const io = <A>(run: () => Promise<A>) =>
  Effect.tryPromise({ try: run, catch: (cause) => new WorkspaceUnavailable({ reason: `The workspace's disk: ${String(cause)}` }) })

const sha = (text: Buffer) =>
  Effect.mapError(decodeSha(text.toString("latin1").trim()), () => new WorkspaceUnavailable({ reason: "git named no object" }))

/** What git and the kernel say when this machine is to blame; of a write that fails git does not say why. */
const ours =
  /unable to write file|no space left|disk quota|input\/output error|read-only file system|cannot allocate memory|out of memory|too many open files/iu

/** Exit codes of a git that was ended from outside; the second is runGit's for a signal. */
const ended = new Set([tookTooLong, 137])

/** A refusal of git's is the commit's doing, unless this machine is in trouble or git was killed. */
const refusedBy = (why: (message: string) => CommitUnusable) => (error: GitFailed) =>
  ours.test(error.stderr) || ended.has(error.code) ? unavailable(error) : why(error.message.slice(0, 500))

/** Gives files to the sandbox's user. */
export const giveTo = (directory: string, user: SandboxUser) =>
  Effect.mapError(prepareOwnership(directory, user), ({ reason }) => new WorkspaceUnavailable({ reason }))

/** A tree's directory: the files, git's index of them, and its object name. */
export const filesOf = (tree: string): string => join(tree, "files")
const indexOf = (tree: string): string => join(tree, "index")
const shaFile = (tree: string): string => join(tree, "tree-sha")

/** Checks a commit out into the empty directory `tree`. */
export const checkOut = Effect.fn("tree.check-out")(function* (
  git: Git,
  commit: CommitSha,
  tree: string,
  user: SandboxUser,
  maxMb: number,
) {
  const entries = yield* listEntries(git, commit)
  const mb = entries.reduce((sum, { bytes }) => sum + bytes, 0) / (1024 * 1024)
  if (mb > maxMb)
    return yield* new CommitUnusable({ commit, reason: `its files are ${Math.round(mb)} MiB, more than ${Math.round(maxMb)}` })
  const files = filesOf(tree)
  yield* io(() => mkdir(files, { mode: 0o755 }))
  const env = { GIT_INDEX_FILE: indexOf(tree) }
  yield* Effect.mapError(git(["read-tree", commit], { env }), unavailable)
  yield* git([`--work-tree=${files}`, "checkout-index", "--all", "--force", "--quiet"], { env, cwd: files }).pipe(
    Effect.mapError(refusedBy((message) => new CommitUnusable({ commit, reason: `git cannot check it out: ${message}` }))),
  )
  yield* giveTo(files, user)
  const { stdout } = yield* Effect.mapError(git(["rev-parse", "--verify", `${commit}^{tree}`]), unavailable)
  yield* io(() => writeFile(shaFile(tree), stdout))
})

/** The tree that a checked-out commit has. */
export const treeShaOf = (tree: string) =>
  Effect.flatMap(
    io(() => readFile(shaFile(tree))),
    sha,
  )

/** Files that are executable now. Whatever else a path was (a symbolic link above all), its new content is a plain file. */
const executableIn = (listing: string): ReadonlySet<string> =>
  new Set(listing.split("\0").flatMap((line) => (line.startsWith("100755 ") ? [line.slice(line.indexOf("\t") + 1)] : [])))

/**
 * Applies changes to a commit in an index and an object store of their own: gives the tree that results, and writes the changed files
 * below `temporary`. The paths are a stranger's: git refuses `.git`, `..` and paths below a symbolic link.
 */
export const stageChanges = Effect.fn("tree.stage")(function* (
  git: Git,
  mirror: string,
  tree: string,
  changes: ReadonlyArray<FileChange>,
  temporary: string,
) {
  const odd = changes.find(({ path }) => !isPlainPath(path))
  if (odd !== undefined)
    return yield* new CommitUnusable({ commit: odd.path.slice(0, 200), reason: "it is no path of a file in the repository" })
  const at = (name: string) => join(temporary, name)
  const [index, objects, raw, staged] = [at("index"), at("objects"), at("raw"), at("staged")] as const
  const written = changes.flatMap(({ path, content, mode }) => (content === null ? [] : [{ path, content, mode }]))
  yield* io(async () => {
    for (const directory of [objects, raw, staged]) await mkdir(directory)
    await copyFile(indexOf(tree), index)
    await Promise.all(written.map(({ content }, number) => writeFile(join(raw, String(number)), content)))
  })
  const env = { GIT_INDEX_FILE: index, GIT_OBJECT_DIRECTORY: objects, GIT_ALTERNATE_OBJECT_DIRECTORIES: join(mirror, "objects") }
  const run: Git = (args, call) => git(args, { env, ...call })
  const paths = changes.map(({ path }) => path).join("\0")

  const { stdout: hashes } = yield* Effect.mapError(
    run(["hash-object", "-w", "--no-filters", "--stdin-paths"], {
      input: written.map((_, number) => `${join(raw, String(number))}\n`).join(""),
    }),
    unavailable,
  )
  const { stdout: listing } = yield* Effect.mapError(
    run(["ls-files", "-z", "--stage", "--", ...changes.map(({ path }) => path)]),
    unavailable,
  )
  const [blobs, executable] = [hashes.toString("latin1").split("\n"), executableIn(listing.toString("utf8"))]
  const removals = changes.filter(({ content }) => content === null).map(({ path }) => `0 ${"0".repeat(blobs[0]?.length || 40)}\t${path}\0`)
  const additions = written.map(
    ({ path, mode }, number) => `${mode ?? (executable.has(path) ? "100755" : "100644")} ${blobs[number]}\t${path}\0`,
  )
  const update = run(["update-index", "-z", "--index-info"], { input: [...removals, ...additions].join("") })
  yield* Effect.mapError(
    update,
    refusedBy((message) => new CommitUnusable({ commit: paths.slice(0, 200), reason: `git refuses the change: ${message}` })),
  )

  const { stdout } = yield* Effect.mapError(run(["write-tree"]), unavailable)
  const checkout = ["checkout-index", "--force", "--quiet", "-z", "--stdin", `--prefix=${staged}/`]
  yield* Effect.mapError(
    run([`--work-tree=${staged}`, ...checkout], { input: written.map(({ path }) => `${path}\0`).join("") }),
    unavailable,
  )
  return { treeSha: yield* sha(stdout), staged }
})
