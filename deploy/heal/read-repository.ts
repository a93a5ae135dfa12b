import { basename, resolve } from "node:path"
import { type ChosenJob, chooseJob } from "./choose-job.ts"

/** What was asked for cannot be worked on; the message says what is wrong with it. */
export class Unusable extends Error {}

const git = async (path: string, ...args: Array<string>) => {
  const child = Bun.spawn(["git", "-C", path, ...args], {
    stdout: "pipe",
    stderr: "pipe",
    stdin: "ignore",
    env: { ...Bun.env, GIT_TERMINAL_PROMPT: "0" },
  })
  const [out, err, code] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited])
  return { ok: code === 0, out: out.trim(), err: err.trim() }
}

/** A local repository and the commit in it that is to be healed. */
export interface LocalRepository {
  readonly path: string
  readonly name: string
  readonly commit: string
  readonly good: string | undefined
  readonly dirty: boolean
  /** A clone without its older history, as CI's checkouts are. */
  readonly shallow: boolean
  readonly job: ChosenJob | undefined
}

const commitOf = async (path: string, name: string, option: string) => {
  const found = await git(path, "rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`)
  if (!found.ok) throw new Unusable(`${option}: there is no commit ${JSON.stringify(name)} in ${path}`)
  return found.out
}

/** The workflows of the commit, from git's objects. */
const workflowsAt = async (path: string, commit: string) => {
  const listed = await git(path, "ls-tree", "-r", "--name-only", "--full-tree", commit, "--", ".github/workflows/")
  const files = listed.out.split("\n").filter((file) => /^\.github\/workflows\/[^/]+\.ya?ml$/u.test(file))
  return Promise.all(files.map(async (file) => ({ path: file, text: (await git(path, "cat-file", "blob", `${commit}:${file}`)).out })))
}

/** Reads what is needed of a local repository. Throws Unusable. */
export const readRepository = async (given: string, commit?: string, good?: string): Promise<LocalRepository> => {
  const path = resolve(given)
  const top = await git(path, "rev-parse", "--git-dir")
  if (!top.ok) throw new Unusable(`${path} is not a git repository`)
  if (commit === undefined && !(await git(path, "rev-parse", "--verify", "--quiet", "HEAD")).ok)
    throw new Unusable(`${path} has no commit yet; a commit is healed, not a working tree`)
  const sha = await commitOf(path, commit ?? "HEAD", "--commit")
  const goodSha = good === undefined ? undefined : await commitOf(path, good, "--good")
  if (goodSha === sha) throw new Unusable(`--good: ${good} is the commit that is to be healed`)
  if (goodSha !== undefined && !(await git(path, "merge-base", "--is-ancestor", goodSha, sha)).ok)
    throw new Unusable(`--good: ${good} is not an ancestor of ${commit ?? "HEAD"}`)
  const name =
    basename(path)
      .replaceAll(/[^A-Za-z0-9_.-]/gu, "-")
      .replace(/^[-.]+/u, "") || "repository"
  const [status, shallow, workflows] = await Promise.all([
    git(path, "status", "--porcelain"),
    git(path, "rev-parse", "--is-shallow-repository"),
    workflowsAt(path, sha),
  ])
  return {
    path,
    name,
    commit: sha,
    good: goodSha,
    dirty: status.out !== "",
    shallow: shallow.out === "true",
    job: chooseJob(workflows),
  }
}

/** Copies a branch from another repository on this machine into this one; its working tree is not touched. */
export const takeBranch = async (path: string, from: string, branch: string) => {
  const fetched = await git(path, "fetch", "--quiet", "--no-tags", from, `refs/heads/${branch}:refs/heads/${branch}`)
  if (!fetched.ok) throw new Error(`the branch ${branch} could not be written: ${fetched.err}`)
}
