import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Lease } from "@ci-fix-pilot/actor/Lease"
import { Effect, Layer } from "effect"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { ChangesAllowed } from "./ChangesAllowed.ts"
import { command, patchOf, proof, proposal, result } from "./delivery.suite.ts"
import { configured, goodLease, leaseFor, live, runGit, startForge, type TestForge } from "./forge.suite.ts"
import { GitHub } from "./GitHub.ts"
import { handle } from "./open-pull-request.ts"
import { replayLines } from "./replay-lines.ts"
import { makeShop, type Shop } from "./shop.suite.ts"

let forge: TestForge
beforeAll(async () => {
  forge = await startForge()
})
afterAll(() => forge.stop())
beforeEach(() => forge.clearFaults())

type Env = Readonly<Record<string, string>>
type Around = (github: (typeof GitHub)["Service"]) => Partial<(typeof GitHub)["Service"]>
interface How {
  readonly lease?: Layer.Layer<Lease>
  readonly env?: Env
  readonly as?: string
  /** What happens around calls of GitHub. */
  readonly around?: Around
}

const open = (shop: Shop, { lease = goodLease().layer, env = {}, as, around = () => ({}) }: How = {}) => {
  const wrapped = Layer.effect(
    GitHub,
    Effect.map(GitHub, (github) => GitHub.of({ ...github, ...around(github) })),
  )
  const settings = ChangesAllowed.layer.pipe(Layer.provide(configured(forge, env)), Layer.orDie)
  const world = Layer.mergeAll(wrapped.pipe(Layer.provideMerge(live(forge, env, as))), lease, settings)
  return Effect.runPromise(
    Effect.result(handle(command("github.open-pull-request", shop.delivery, shop.runId))).pipe(Effect.provide(world)),
  )
}

const refused = (why: string) => ({ success: { type: "pull-request-refused", data: { why: expect.stringContaining(why) } } })
const openedAs = (shop: Shop, adopted: boolean) => ({
  success: { type: "pull-request-opened", data: { pullRequest: { number: 1, adopted, branch: shop.fixBranch } } },
})
const closePull = (shop: Shop) => forge.rest("PATCH", `/repos/${shop.repository}/pulls/1`, { state: "closed" })
const changes = [
  "POST /git/trees 201",
  "POST /git/commits 201",
  "POST /git/refs 201",
  "POST /pulls 201",
  "POST /issues/{issue_number}/labels 200",
]

describe("a proven fix", () => {
  it("is opened as a pull request into the failing branch, with exactly the proven tree", async () => {
    const shop = await makeShop(forge)
    expect(await open(shop)).toMatchObject(openedAs(shop, false))
    const [pull] = await forge.pulls(shop.repository)
    expect(pull).toMatchObject({ state: "open", headRef: shop.fixBranch, baseRef: "feature/cart", labels: ["ci-fix-pilot"] })
    expect(pull?.body).toContain(shop.delivery.proof.treeSha)
    expect(await forge.git(shop.repository, "rev-parse", `${shop.fixBranch}^{tree}`, `${shop.fixBranch}^`)).toBe(
      `${shop.delivery.proof.treeSha}\n${shop.target.commitSha}`,
    )
    expect(await forge.git(shop.repository, "log", "-1", "--format=%an %ae %cn", shop.fixBranch)).toBe(
      "ci-fix-pilot ci-fix-pilot@users.noreply.github.com ci-fix-pilot",
    )
    expect(await forge.asked(shop.repository)).toEqual(changes)
  })

  it("delivered twice gives the same pull request and changes nothing the second time", async () => {
    const shop = await makeShop(forge)
    await open(shop)
    expect(await open(shop)).toMatchObject(openedAs(shop, true))
    expect(await forge.asked(shop.repository)).toEqual(changes)
    expect(await forge.pulls(shop.repository)).toHaveLength(1)
  })

  it("is checked again by the lines that its text gives", async () => {
    const shop = await makeShop(forge)
    await open(shop)
    const clone = await mkdtemp(join(tmpdir(), "github-replay-"))
    await runGit(["clone", "--quiet", `${forge.url.replace("://", "://x-access-token:forge-token@")}/${shop.repository}.git`, clone])
    const seen = proof(shop.delivery.proposal.patch, { ...shop.delivery.proof, before: result("grep -c 'sum + price' src/total.ts", 1, 1) })
    const child = Bun.spawn(["sh", "-c", replayLines(shop.runId, shop.target, seen)], { cwd: clone, stdout: "pipe", stderr: "ignore" })
    expect((await new Response(child.stdout).text()).trim().split("\n")).toEqual(["0", shop.delivery.proof.treeSha, "1"])
    await rm(clone, { recursive: true })
  })
})

describe("interrupted", () => {
  it.each([0, 1, 2, 3, 4])(
    "after %d changes because the lease went elsewhere, it stops at once and goes on later with the same commit",
    async (good) => {
      const shop = await makeShop(forge)
      expect(await open(shop, { lease: leaseFor(good) })).toMatchObject({ failure: { _tag: "Retry", uncounted: true } })
      expect(await forge.asked(shop.repository)).toEqual(changes.slice(0, good))
      expect(await open(shop)).toMatchObject({ success: { type: "pull-request-opened" } })
      expect(await forge.pulls(shop.repository)).toHaveLength(1)
      const objects = await forge.git(shop.repository, "cat-file", "--batch-all-objects", "--batch-check")
      expect(objects.match(/ commit /gu)).toHaveLength(3)
    },
  )
})

describe("the failing branch", () => {
  it("that moved before is left alone", async () => {
    const shop = await makeShop(forge)
    const head = await shop.moveOn()
    expect(await open(shop)).toMatchObject({ success: { type: "branch-moved", data: { head } } })
    expect(await forge.asked(shop.repository)).toEqual([])
  })

  it("that is gone is left alone", async () => {
    const shop = await makeShop(forge)
    await forge.rest("DELETE", `/repos/${shop.repository}/git/refs/heads/feature/cart`)
    expect(await open(shop)).toMatchObject({ success: { type: "branch-moved", data: {} } })
  })

  it("that moves while the commit is made gets no branch of ours", async () => {
    const shop = await makeShop(forge)
    const around: Around = ({ createCommit }) => ({
      createCommit: (...args) =>
        Effect.tap(
          createCommit(...args),
          Effect.promise(() => shop.moveOn()),
        ),
    })
    expect(await open(shop, { around })).toMatchObject({ success: { type: "branch-moved" } })
    expect(await forge.branches(shop.repository)).not.toHaveProperty(shop.fixBranch)
  })

  it.each(["createBranch", "createPull"] as const)("that moves after %s has nothing of ours left", async (moment) => {
    const shop = await makeShop(forge)
    const around: Around = (github) =>
      moment === "createBranch"
        ? {
            createBranch: (...args) =>
              Effect.tap(
                github.createBranch(...args),
                Effect.promise(() => shop.moveOn()),
              ),
          }
        : {
            createPull: (...args) =>
              Effect.tap(
                github.createPull(...args),
                Effect.promise(() => shop.moveOn()),
              ),
          }
    expect(await open(shop, { around })).toMatchObject({ success: { type: "branch-moved" } })
    expect(await forge.branches(shop.repository)).not.toHaveProperty(shop.fixBranch)
    const [pull] = await forge.pulls(shop.repository)
    expect(pull).toMatchObject({ state: "closed", body: expect.stringContaining("Closed by ci-fix-pilot") })
    expect(await open(shop)).toMatchObject({ success: { type: "branch-moved" } })
  })

  it("that lives in a fork cannot take a pull request, and that is said", async () => {
    const shop = await makeShop(forge)
    const seed = await mkdtemp(join(tmpdir(), "github-fork-"))
    await runGit(["clone", "--quiet", `${forge.url.replace("://", "://x-access-token:forge-token@")}/${shop.repository}.git`, seed])
    const name = shop.repository.split("/")[1] ?? ""
    await forge.operate("createRepository", { owner: "eve", name, from: seed, parent: shop.repository })
    const commitSha = await forge.push({ repository: `eve/${name}`, branch: "patch-1", files: { "x.txt": "x" } })
    await forge.rest("POST", `/repos/${shop.repository}/pulls`, { title: "x", head: "eve:patch-1", base: "main" })
    const target = { ...shop.target, branch: "patch-1", commitSha }
    const foreign = { ...shop, delivery: { ...shop.delivery, target, proof: { ...shop.delivery.proof, commitSha } } }
    expect(await open(foreign)).toMatchObject(refused(`fork eve/${name}`))
  })
})

describe("a business no", () => {
  it("of another provider", async () => {
    const shop = await makeShop(forge)
    const elsewhere = { ...shop, delivery: { ...shop.delivery, target: { ...shop.target, provider: "gitlab" as const } } }
    expect(await open(elsewhere)).toMatchObject(refused("gitlab"))
    expect(await forge.asked(shop.repository, true)).toEqual([])
  })

  it("of the operator", async () => {
    const shop = await makeShop(forge)
    expect(await open(shop, { env: { CI_HEALING_GITHUB_ENABLED: "false" } })).toMatchObject(refused("CI_HEALING_GITHUB_ENABLED"))
    expect(await forge.asked(shop.repository, true)).toEqual([])
  })

  it.each([
    ["a proof of another commit", (shop: Shop) => ({ proof: { ...shop.delivery.proof, commitSha: shop.green } }), "the proof is about"],
    [
      "a proof of another patch",
      (shop: Shop) => ({ proof: { ...shop.delivery.proof, patchSha256: "0".repeat(64) } }),
      "not the one that was proven",
    ],
    [
      "a patch that is not its hash",
      (shop: Shop) => ({ proposal: { ...shop.delivery.proposal, patch: { ...shop.delivery.proposal.patch, diff: "x" } } }),
      "not the one",
    ],
    ["a tree that is not the proven one", (shop: Shop) => ({ proof: { ...shop.delivery.proof, treeSha: shop.green } }), "was proven"],
  ])("for %s", async (_title, change, why) => {
    const shop = await makeShop(forge)
    expect(await open({ ...shop, delivery: { ...shop.delivery, ...change(shop) } })).toMatchObject(refused(why))
    expect(await forge.branches(shop.repository)).not.toHaveProperty(shop.fixBranch)
  })

  it("for a patch that does not apply", async () => {
    const shop = await makeShop(forge)
    const patch = patchOf(shop.delivery.proposal.patch.diff.replace("sum - price", "sum * price"))
    const other = { ...shop.delivery, proposal: proposal(patch), proof: { ...shop.delivery.proof, patchSha256: patch.sha256 } }
    expect(await open({ ...shop, delivery: other })).toMatchObject(refused("src/total.ts"))
    expect(await forge.asked(shop.repository)).toEqual([])
  })

  it("for a branch of the run's name with something else in it, which stays as it is", async () => {
    const shop = await makeShop(forge)
    const theirs = await forge.push({ repository: shop.repository, branch: shop.fixBranch, from: "main", files: { "theirs.txt": "x" } })
    expect(await open(shop)).toMatchObject(refused(theirs))
    expect(await forge.branches(shop.repository)).toMatchObject({ [shop.fixBranch]: theirs })
    expect(await forge.pulls(shop.repository)).toEqual([])
  })

  it("of a person who closed the pull request: it is never opened again, also not anew", async () => {
    const shop = await makeShop(forge)
    await open(shop)
    await closePull(shop)
    expect(await open(shop)).toMatchObject(refused("was closed"))
    await forge.rest("DELETE", `/repos/${shop.repository}/git/refs/heads/${shop.fixBranch}`)
    expect(await open(shop)).toMatchObject(refused("was closed"))
    expect(await forge.pulls(shop.repository)).toHaveLength(1)
  })

  it("of a person who turned the pull request to another branch", async () => {
    const shop = await makeShop(forge)
    await open(shop)
    await forge.rest("PATCH", `/repos/${shop.repository}/pulls/1`, { base: "main" })
    expect(await open(shop)).toMatchObject(refused("goes into main"))
  })

  it("when three of ours are open already, until one is not", async () => {
    const shop = await makeShop(forge)
    for (const digit of ["1", "2", "3"]) {
      const branch = `ci-fix-pilot/run_${digit.repeat(24)}`
      await forge.push({ repository: shop.repository, branch, from: "feature/cart", files: { [`${digit}.txt`]: digit } })
      await forge.rest("POST", `/repos/${shop.repository}/pulls`, { title: digit, head: branch, base: "feature/cart" })
    }
    expect(await open(shop)).toMatchObject(refused("3 pull requests"))
    expect(await forge.branches(shop.repository)).not.toHaveProperty(shop.fixBranch)
    await closePull(shop)
    expect(await open(shop)).toMatchObject({ success: { type: "pull-request-opened" } })
  })
})

describe("a pull request that was merged before the answer was heard", () => {
  it("is adopted as it is", async () => {
    const shop = await makeShop(forge)
    await open(shop)
    await forge.rest("PUT", `/repos/${shop.repository}/pulls/1/merge`, {})
    expect(await open(shop)).toMatchObject(openedAs(shop, true))
  })
})

describe("a credential", () => {
  it("without the right to write ends the command with the reason", async () => {
    const shop = await makeShop(forge)
    const developer = { login: "reader", name: "Reader", email: "reader@example.com" }
    await forge.operate("addPerson", { repository: shop.repository, developer, permission: "read", association: "NONE" })
    await forge.operate("addToken", { token: "reader-token", login: "reader" })
    expect(await open(shop, { as: "reader-token" })).toMatchObject({
      failure: { _tag: "Terminal", reason: expect.stringContaining("forbids") },
    })
  })

  it("that does not see the repository ends the command", async () => {
    const shop = await makeShop(forge)
    await forge.operate("addToken", { token: "stranger-token", login: "stranger" })
    expect(await open(shop, { as: "stranger-token" })).toMatchObject({ failure: { _tag: "Terminal" } })
  })

  it("that GitHub refuses ends the command", async () => {
    const shop = await makeShop(forge)
    expect(await open(shop, { as: "wrong" })).toMatchObject({
      failure: { _tag: "Terminal", reason: expect.stringContaining("credential") },
    })
  })
})
