import { remembered } from "./remembered.ts"
import { GitFailed, git, tryGit } from "./run-git.ts"

/** A ref and the object it is at. */
export interface Ref {
  /** `refs/heads/main` */
  readonly name: string
  readonly oid: string
  readonly type: string
}

/** Where a ref that does not exist is, in git's words. */
export const zero = "0".repeat(40)

/** All refs whose name begins with `prefix` (`refs/heads/`), by name. */
export const listRefs = async (gitDirectory: string, prefix: string): Promise<Array<Ref>> => {
  const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1)
  const out = await git(gitDirectory, ["for-each-ref", "--format=%(refname) %(objectname) %(objecttype)", folder])
  return out.split("\n").flatMap((line) => {
    const [name = "", oid = "", type = ""] = line.split(" ")
    return name.startsWith(prefix) && oid !== "" ? [{ name, oid, type }] : []
  })
}

/** Moves a ref from `before` (all zeros: it does not exist) to `after` (all zeros: away with it). False when it was not at `before`. */
export const moveRef = async (gitDirectory: string, name: string, after: string, before?: string): Promise<boolean> => {
  const verb = after === zero ? ["delete", name] : ["update", name, after]
  try {
    await git(gitDirectory, ["update-ref", "--stdin", "-z"], {
      input: `${verb[0]} ${verb[1]}\0${verb[2] === undefined ? "" : `${verb[2]}\0`}${before ?? ""}\0`,
    })
    return true
  } catch (error) {
    if (error instanceof GitFailed) return false
    throw error
  }
}

/** Brings a commit of a fork into its parent, where nothing names it: GitHub's forks share their objects, too. */
export const shareCommits = async (gitDirectory: string, forkDirectory: string, sha: string): Promise<void> => {
  await git(gitDirectory, ["fetch", "--quiet", "--no-write-fetch-head", forkDirectory, sha])
}

/** Keeps a pull request's head reachable as `refs/pull/<number>/head`. */
export const keepPullHead = async (gitDirectory: string, number: number, sha: string): Promise<void> => {
  await git(gitDirectory, ["update-ref", `refs/pull/${number}/head`, sha])
}

/** Whether `newer` (a full id, as `older`) contains `older`. */
export const isAncestor = remembered(
  async (gitDirectory: string, older: string, newer: string): Promise<boolean> =>
    (await tryGit(gitDirectory, ["merge-base", "--is-ancestor", older, newer])) !== undefined,
)

/** The newest commit that two commits (full ids) share. */
export const mergeBase = remembered(
  async (gitDirectory: string, a: string, b: string): Promise<string | undefined> =>
    (await tryGit(gitDirectory, ["merge-base", a, b]))?.trim(),
)
