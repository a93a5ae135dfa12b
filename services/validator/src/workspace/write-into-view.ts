/**
 * Puts changed files into a view before anything runs in it. The view holds a stranger's symbolic links: every directory on the way is
 * looked at, and one that is a link is refused.
 */
import { constants } from "node:fs"
import { chmod, copyFile, lchown, lstat, mkdir, rm } from "node:fs/promises"
import { dirname, join } from "node:path"
import { Effect } from "effect"
import type { SandboxUser } from "../sandbox/Sandbox.ts"
import { isPlainPath } from "./plain-path.ts"
import { CommitUnusable, type FileChange } from "./Workspace.ts"

type Own = (path: string) => Promise<void>

const kindAt = async (path: string): Promise<"nothing" | "directory" | "other"> => {
  const found = await lstat(path).catch(() => undefined)
  if (found === undefined) return "nothing"
  return found.isDirectory() ? "directory" : "other"
}

/** Makes the directories of `path` below `root`; throws when one of them is something else. */
const makeDirectories = async (root: string, path: string, own: Own): Promise<void> => {
  const parts = path.split("/")
  for (let depth = 1; depth <= parts.length; depth += 1) {
    const directory = join(root, ...parts.slice(0, depth))
    const kind = await kindAt(directory)
    if (kind === "other") throw new Error(`${parts.slice(0, depth).join("/")} is not a directory`)
    if (kind === "directory") continue
    await mkdir(directory, { mode: 0o755 })
    await own(directory)
  }
}

/** Applies `changes`, whose new contents lie at the same paths below `staged`. */
export const writeIntoView = Effect.fn("view.write")(function* (
  root: string,
  staged: string,
  changes: ReadonlyArray<FileChange>,
  user: SandboxUser,
) {
  const own: Own = async (path) => {
    if (process.getuid?.() === 0) await lchown(path, user.uid, user.gid)
  }
  const apply = async ({ path, content }: FileChange): Promise<void> => {
    if (!isPlainPath(path)) throw new Error("it is no plain path")
    const parent = dirname(path)
    if (content === null && (await kindAt(join(root, parent))) === "nothing") return
    if (parent !== ".") await makeDirectories(root, parent, own)
    const target = join(root, path)
    await rm(target, { force: true, recursive: true })
    if (content === null) return
    const made = await lstat(join(staged, path))
    if (!made.isFile()) throw new Error("it is no regular file")
    await copyFile(join(staged, path), target, constants.COPYFILE_EXCL)
    await chmod(target, made.mode & 0o111 ? 0o755 : 0o644)
    await own(target)
  }
  const ordered = [...changes.filter(({ content }) => content === null), ...changes.filter(({ content }) => content !== null)]
  for (const change of ordered)
    yield* Effect.tryPromise({
      try: () => apply(change),
      catch: (cause) =>
        new CommitUnusable({ commit: change.path.slice(0, 200), reason: `it cannot be written: ${String(cause).slice(0, 500)}` }),
    })
})
