import { existsSync, realpathSync } from "node:fs"
import { appendFile, mkdir, rename, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { type Signature, writeCommit } from "./commits.ts"
import { git, tryGit } from "./run-git.ts"

const isRepository = (path: string): boolean =>
  existsSync(join(path, ".git")) || (existsSync(join(path, "HEAD")) && existsSync(join(path, "objects")))

/** Nothing is packed or thrown away behind the forge's back; fetching by commit id is allowed, as GitHub allows it. */
const settings = `[gc]
	auto = 0
[receive]
	autogc = false
[http]
	receivepack = true
[uploadpack]
	allowAnySHA1InWant = true
	allowFilter = true
`

/** Branches and tags; what else a working repository has (stashes, remotes' branches) stays private. */
const copy = async (source: string, target: string): Promise<string> => {
  await git("/", ["clone", "--quiet", "--bare", "--no-hardlinks", source, target])
  await git(target, ["remote", "remove", "origin"])
  // A detached HEAD is on no branch: its commit comes along, but it cannot be the default branch.
  const head = (await tryGit(source, ["symbolic-ref", "--short", "HEAD"]))?.trim() ?? ""
  const branches = (await git(target, ["for-each-ref", "--format=%(refname:short)", "refs/heads"]))
    .split("\n")
    .filter((name) => name !== "")
  const branch = branches.includes(head) ? head : (["main", "master"].find((name) => branches.includes(name)) ?? branches[0] ?? "main")
  await git(target, ["symbolic-ref", "HEAD", `refs/heads/${branch}`])
  return branch
}

const commitFolder = async (source: string, target: string, author: Signature, message: string): Promise<string> => {
  const env = { GIT_DIR: target, GIT_WORK_TREE: source, GIT_INDEX_FILE: join(target, "import.index") }
  await git("/", ["init", "--quiet", "--bare", "--initial-branch=main", target])
  await git(source, ["add", "--all", "--", ".", ":(exclude,glob)**/node_modules/**"], { env })
  const tree = (await git(source, ["write-tree"], { env })).trim()
  const commit = writeCommit(target, { tree, parents: [], author, committer: author, message })
  await writeFile(join(target, "refs", "heads", "main"), `${commit}\n`)
  await rm(join(target, "import.index"), { force: true })
  return "main"
}

/**
 * Makes a bare repository at `target` from a local git repository (all branches and tags) or from a plain folder (one
 * commit), which is only read. Gives its default branch. It appears at once, complete: a kill leaves nothing half done there.
 */
export const importRepository = async (from: string, target: string, author: Signature, message: string): Promise<string> => {
  const source = realpathSync(from)
  const draft = `${target}.draft`
  await rm(draft, { recursive: true, force: true })
  await mkdir(join(target, ".."), { recursive: true })
  const branch = isRepository(source) ? await copy(source, draft) : await commitFolder(source, draft, author, message)
  await appendFile(join(draft, "config"), settings)
  await rename(draft, target)
  return branch
}
