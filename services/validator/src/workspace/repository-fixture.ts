/** Real repositories for tests: made of file maps, served as bare repositories of a temporary directory. */
import { execFileSync } from "node:child_process"
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import type { CommitSha } from "@ci-fix-pilot/contract/ids"
import type { Source } from "./Workspace.ts"

/** A file's text; null removes it; `link` makes a symbolic link. */
export type Files = Readonly<Record<string, string | null | { readonly link: string }>>

export interface RepositoryFixture {
  readonly name: string
  /** What `CI_HEALING_MIRROR_URL` must be. */
  readonly mirrorUrl: string
  /** Writes the files over those of the last commit and commits; gives the new head of `main`. */
  readonly commit: (files: Files, message?: string) => CommitSha
  readonly at: (commitSha: CommitSha) => Source
  readonly git: (...args: ReadonlyArray<string>) => string
  readonly remove: () => void
}

const identity = {
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.com",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.com",
}
const env = { PATH: "/usr/local/bin:/usr/bin:/bin", GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null", ...identity }

/** A new, empty repository with a name of its own. */
export const makeRepository = (name = "acme/app"): RepositoryFixture => {
  const base = mkdtempSync(join(tmpdir(), "ci-fix-pilot-fixture-"))
  const [bare, work] = [join(base, "served", `${name}.git`), join(base, "work")]
  const git = (...args: ReadonlyArray<string>) => execFileSync("git", args, { cwd: work, env, encoding: "utf8" }).trim()
  mkdirSync(work)
  execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch=main", bare], { env })
  git("init", "--quiet", "--initial-branch=main")

  const write = (path: string, content: Files[string]) => {
    const target = join(work, path)
    rmSync(target, { force: true, recursive: true })
    if (content === null || content === undefined) return
    mkdirSync(dirname(target), { recursive: true })
    if (typeof content !== "string") return symlinkSync(content.link, target)
    writeFileSync(target, content)
    if (content.startsWith("#!")) chmodSync(target, 0o755)
  }
  return {
    name,
    mirrorUrl: `file://${join(base, "served")}`,
    commit: (files, message = "change") => {
      for (const [path, content] of Object.entries(files)) write(path, content)
      git("add", "--all", "--force")
      git("commit", "--quiet", "--allow-empty", "--message", message)
      git("push", "--quiet", "--force", bare, "HEAD:refs/heads/main")
      return git("rev-parse", "HEAD")
    },
    at: (commitSha) => ({ provider: "github", repository: name, branch: "main", commitSha }),
    git,
    remove: () => rmSync(base, { recursive: true, force: true }),
  }
}
