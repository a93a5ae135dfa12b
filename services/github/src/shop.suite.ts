/** A broken branch in a repository of a forge, with its fix and the fix's proof; a new one for each test. */

import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { sha256Hex } from "@ci-fix-pilot/contract/sha256"
import type { Target } from "@ci-fix-pilot/contract/values"
import { type Delivery, delivery, patchOf, proof, proposal } from "./delivery.suite.ts"
import { runGit, type TestForge } from "./forge.suite.ts"

export interface Shop {
  readonly repository: string
  readonly target: Target
  /** The newest green commit: the branch's parent. */
  readonly green: string
  readonly runId: string
  readonly fixBranch: string
  readonly delivery: Delivery
  /** Somebody pushes to the failing branch. */
  readonly moveOn: () => Promise<string>
}

const good = "export const total = (prices: number[]) =>\n  prices.reduce((sum, price) => sum + price, 0)\n"
const bad = good.replace("sum + price", "sum - price")
const fixed = "export const total = (prices: number[]) => prices.reduce((sum, price) => sum + price, 0)\n"
export const ada = { login: "ada", name: "Ada", email: "ada@example.com" }

const runIdOf = (name: string): string => `run_${sha256Hex(name).slice(0, 24)}`

/** What the patch makes of the failing commit, by git itself. All shops look alike, so that the same fix is made once. */
const proven = new Map<string, ReturnType<typeof makeProof>>()
const prove: typeof makeProof = (forge, repository, commit, files) => {
  const key = JSON.stringify(files)
  const known = proven.get(key) ?? makeProof(forge, repository, commit, files)
  proven.set(key, known)
  return known
}

const makeProof = async (forge: TestForge, repository: string, commit: string, files: Readonly<Record<string, string | null>>) => {
  const clone = await mkdtemp(join(tmpdir(), "github-clone-"))
  try {
    const url = `${forge.url.replace("://", "://x-access-token:forge-token@")}/${repository}.git`
    await runGit(["clone", "--quiet", url, clone])
    const git = (...args: ReadonlyArray<string>) => runGit(args, clone)
    await git("checkout", "--quiet", "--detach", commit)
    for (const [path, text] of Object.entries(files)) {
      if (text === null) await git("rm", "--quiet", path)
      else await Bun.write(join(clone, path), text)
    }
    await git("add", "--all")
    return { diff: `${await git("diff", "--cached", "--no-color", commit)}\n`, tree: await git("write-tree") }
  } finally {
    await rm(clone, { recursive: true, force: true })
  }
}

let made = 0

/** Makes the repository `acme/shop<n>` whose branch `feature/cart` is red. `files`: what the fix makes of them. */
export const makeShop = async (
  forge: TestForge,
  files: Readonly<Record<string, string | null>> = { "src/total.ts": fixed, "docs/new/note.md": "fixed: ünïcode\n", "old.txt": null },
): Promise<Shop> => {
  made += 1
  const name = `shop${made}`
  const repository = `acme/${name}`
  const from = await mkdtemp(join(tmpdir(), "github-seed-"))
  await Bun.write(join(from, "src/total.ts"), good)
  await writeFile(join(from, "old.txt"), "old\n")
  await Bun.write(join(from, ".github/workflows/ci.yml"), "on: push\njobs:\n  test:\n    steps:\n      - run: npm test\n")
  await forge.operate("createRepository", { owner: "acme", name, from, by: ada, private: true })
  await rm(from, { recursive: true, force: true })
  const green = (await forge.branches(repository))["main"] ?? ""
  const commitSha = await forge.push({
    repository,
    branch: "feature/cart",
    from: "main",
    files: { "src/total.ts": bad, "note.txt": "x\n" },
    by: ada,
  })
  const { diff, tree } = await prove(forge, repository, commitSha, files)
  const target: Target = { provider: "github", repository, branch: "feature/cart", commitSha }
  const patch = patchOf(diff, Object.keys(files))
  const runId = runIdOf(name)
  return {
    repository,
    target,
    green,
    runId,
    fixBranch: `ci-fix-pilot/${runId}`,
    delivery: delivery({ target, proposal: proposal(patch), proof: proof(patch, { commitSha, treeSha: tree }) }),
    moveOn: () => forge.push({ repository, branch: "feature/cart", files: { "more.txt": `${made}\n` }, by: ada }),
  }
}
