import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { replayLines } from "@ci-fix-pilot/contract/replay-lines"
import { fixBranch } from "@ci-fix-pilot/contract/run-id"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { proof, result } from "./delivery.suite.ts"
import { leaseFor, runGit, startForge, type TestForge } from "./forge.suite.ts"
import { changes, type How, openOn } from "./opening.suite.ts"
import { makeShop, type Shop } from "./shop.suite.ts"

let forge: TestForge
beforeAll(async () => {
  forge = await startForge()
})
afterAll(() => forge.stop())
beforeEach(() => forge.clearFaults())

const open = (shop: Shop, how: How = {}) => openOn(forge, shop, how)
const openedAs = (shop: Shop, adopted: boolean) => ({
  success: { type: "pull-request-opened", data: { pullRequest: { number: 1, adopted, branch: shop.fixBranch, author: "ci-fix-pilot" } } },
})

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
      "ci-fix-pilot ci-fix-pilot@noreply.invalid ci-fix-pilot",
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
    const child = Bun.spawn(["sh", "-c", replayLines({ branch: fixBranch(shop.runId) }, shop.target, seen)], {
      cwd: clone,
      stdout: "pipe",
      stderr: "ignore",
    })
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

describe("killed", () => {
  it.each([
    ["commit-made", 2],
    ["branch-named", 3],
    ["pull-created", 4],
  ])("at %s, it goes on where it was", async (moment, done) => {
    const shop = await makeShop(forge)
    await expect(open(shop, { dieAt: `github.open-pull-request:${moment}` })).rejects.toThrow("died at")
    expect(await forge.asked(shop.repository)).toEqual(changes.slice(0, done))
    expect(await open(shop)).toMatchObject({ success: { type: "pull-request-opened" } })
    expect(await forge.pulls(shop.repository)).toMatchObject([{ state: "open", labels: ["ci-fix-pilot"] }])
  })
})

describe("a pull request that was merged before the answer was heard", () => {
  it("is told as merged, by whom and which one", async () => {
    const shop = await makeShop(forge)
    await open(shop)
    await forge.rest("PUT", `/repos/${shop.repository}/pulls/1/merge`, {})
    const pullRequest = { number: 1, adopted: true, branch: shop.fixBranch, url: expect.stringContaining("/pull/1") }
    expect(await open(shop)).toMatchObject({
      success: { type: "pull-request-merged", data: { number: 1, by: "ci-fix-pilot", pullRequest } },
    })
    expect(await forge.asked(shop.repository)).toEqual([...changes, "PUT /pulls/{pull_number}/merge 200"])
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
