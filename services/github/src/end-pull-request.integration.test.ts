/** Merging, closing and checking a pull request that is open. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { endingOn } from "./ending.suite.ts"
import { leaseFor, startForge, type TestForge } from "./forge.suite.ts"
import { makeShop, type Shop } from "./shop.suite.ts"

let forge: TestForge
beforeAll(async () => {
  forge = await startForge()
})
afterAll(() => forge.stop())
beforeEach(() => forge.clearFaults())

const { done, openShop, merge, close, check, byHand } = endingOn(() => forge)
const refused = (why: string) => ({ success: { type: "merge-refused", data: { why: expect.stringContaining(why) } } })

describe("merging", () => {
  it("brings the proven tree into the failing branch and says by whom; whoever is told of it asks for the rest", async () => {
    const shop = await openShop()
    expect(await done(merge(shop, "grace"))).toMatchObject({ success: { type: "pull-request-merged", data: { number: 1, by: "grace" } } })
    expect(await forge.git(shop.repository, "rev-parse", "feature/cart^{tree}", "feature/cart^2")).toBe(
      `${shop.delivery.proof.treeSha}\n${shop.pullRequest.headSha}`,
    )
    expect(await forge.asked(shop.repository)).toContain("PUT /pulls/{pull_number}/merge 200")
    expect(await forge.branches(shop.repository)).toHaveProperty(shop.fixBranch)
  })

  it("delivered twice is merged once", async () => {
    const shop = await openShop()
    await done(merge(shop))
    const before = await forge.asked(shop.repository)
    expect(await done(merge(shop))).toMatchObject({ success: { type: "pull-request-merged", data: { number: 1 } } })
    expect(await forge.asked(shop.repository)).toEqual(before)
  })

  it("of one that a person merged says who", async () => {
    const shop = await openShop()
    await byHand(shop, "PUT", "/pulls/1/merge", {})
    expect(await done(merge(shop))).toMatchObject({ success: { type: "pull-request-merged", data: { number: 1, by: "ci-fix-pilot" } } })
  })

  it("waits for the lease", async () => {
    const shop = await openShop()
    expect(await done(merge(shop), leaseFor(0))).toMatchObject({ failure: { _tag: "Retry", uncounted: true } })
    expect(await forge.pulls(shop.repository)).toMatchObject([{ state: "open" }])
  })

  it.each([
    ["a closed pull request", (shop: Shop) => byHand(shop, "PATCH", "/pulls/1", { state: "closed" }), "was closed"],
    [
      "a branch with a commit on top",
      (shop: Shop) => forge.push({ repository: shop.repository, branch: shop.fixBranch, files: { "more.txt": "x" } }),
      "not at the proven",
    ],
    ["a pull request turned elsewhere", (shop: Shop) => byHand(shop, "PATCH", "/pulls/1", { base: "main" }), "goes into main"],
    ["a failing branch that moved on", (shop: Shop) => shop.moveOn(), "has moved to"],
  ])("refuses %s", async (_title, happen, why) => {
    const shop = await openShop()
    await happen(shop)
    expect(await done(merge(shop))).toMatchObject(refused(why))
    expect(await forge.pulls(shop.repository)).toMatchObject([{ mergedAt: null }])
  })

  it("is refused with the operator's switch off", async () => {
    const shop = await openShop()
    expect(await done(merge(shop), undefined, { CI_HEALING_GITHUB_ENABLED: "false" })).toMatchObject(refused("CI_HEALING_GITHUB_ENABLED"))
  })

  it("of a pull request that is not there ends the command", async () => {
    const shop = await makeShop(forge)
    const pullRequest = { number: 77, url: "", branch: shop.fixBranch, headSha: shop.green, adopted: false }
    expect(await done(merge({ ...shop, pullRequest }))).toMatchObject({ failure: { _tag: "Terminal" } })
  })
})

describe("closing", () => {
  it("closes the pull request with the reason on top, harmlessly, and deletes the branch", async () => {
    const shop = await openShop()
    expect(await done(close(shop))).toMatchObject({ success: { type: "pull-request-closed", data: { number: 1 } } })
    const [pull] = await forge.pulls(shop.repository)
    expect(pull).toMatchObject({
      state: "closed",
      body: expect.stringMatching(/^<!-- ci-fix-pilot: closed -->\n> \*\*Closed by ci-fix-pilot:\*\* denied by /u),
    })
    expect(pull?.body).not.toMatch(/@ada|#1\b/u)
    expect(await forge.branches(shop.repository)).not.toHaveProperty(shop.fixBranch)
  })

  it("delivered twice changes nothing the second time", async () => {
    const shop = await openShop()
    await done(close(shop))
    const before = await forge.asked(shop.repository)
    expect(await done(close(shop))).toMatchObject({ success: { type: "pull-request-closed", data: { number: 1 } } })
    expect(await forge.asked(shop.repository)).toEqual(before)
  })

  it("is safe when there never was a pull request", async () => {
    const shop = await makeShop(forge)
    expect(await done(close(shop))).toEqual(expect.objectContaining({ success: { type: "pull-request-closed", data: {} } }))
    expect(await forge.asked(shop.repository)).toEqual([])
  })

  it("deletes a branch that never became a pull request", async () => {
    const shop = await openShop()
    await byHand(shop, "PATCH", "/pulls/1", { state: "closed" })
    expect(await done(close(shop))).toMatchObject({ success: { type: "pull-request-closed", data: { number: 1 } } })
    expect(await forge.branches(shop.repository)).not.toHaveProperty(shop.fixBranch)
  })

  it("spares a branch to which somebody added a commit", async () => {
    const shop = await openShop()
    await forge.push({ repository: shop.repository, branch: shop.fixBranch, files: { "more.txt": "x" } })
    expect(await done(close(shop))).toMatchObject({ success: { type: "pull-request-closed" } })
    expect(await forge.branches(shop.repository)).toHaveProperty(shop.fixBranch)
  })

  it("does not touch a fork's branch of the same name", async () => {
    const shop = await makeShop(forge)
    const name = shop.repository.split("/")[1] ?? ""
    await forge.operate("createRepository", { owner: "eve", name, from: forge.path(shop.repository), parent: shop.repository })
    await forge.push({ repository: `eve/${name}`, branch: shop.fixBranch, files: { "x.txt": "x" } })
    await byHand(shop, "POST", "/pulls", { title: "x", head: `eve:${shop.fixBranch}`, base: "main" })
    expect(await done(close(shop))).toEqual(expect.objectContaining({ success: { type: "pull-request-closed", data: {} } }))
    expect(await forge.pulls(shop.repository)).toMatchObject([{ state: "open" }])
  })

  it.each([0, 1])("stops after %d changes when the lease goes elsewhere, and goes on later", async (good) => {
    const shop = await openShop()
    expect(await done(close(shop), leaseFor(good))).toMatchObject({ failure: { _tag: "Retry" } })
    expect(await done(close(shop))).toMatchObject({ success: { type: "pull-request-closed", data: { number: 1 } } })
    expect(await forge.branches(shop.repository)).not.toHaveProperty(shop.fixBranch)
  })

  it("asks nothing of GitHub for another provider", async () => {
    const shop = await makeShop(forge)
    expect(await done(close({ ...shop, target: { ...shop.target, provider: "gitlab" } }))).toMatchObject({
      success: { type: "pull-request-closed" },
    })
    expect(await forge.asked(shop.repository, true)).toEqual([])
  })

  it("changes nothing with the operator's switch off, and does not call closed what is open", async () => {
    const [never, open, closed, merged] = [await makeShop(forge), await openShop(), await openShop(), await openShop()]
    await byHand(closed, "PATCH", "/pulls/1", { state: "closed" })
    await byHand(merged, "PUT", "/pulls/1/merge", {})
    const told = (shop: Shop) => done(close(shop), undefined, { CI_HEALING_GITHUB_ENABLED: "false" })
    expect(await told(never)).toMatchObject({ success: { type: "pull-request-closed", data: {} } })
    expect(await told(closed)).toMatchObject({ success: { type: "pull-request-closed", data: { number: 1 } } })
    expect(await told(merged)).toMatchObject({ success: { type: "pull-request-merged", data: { number: 1 } } })
    const reason = expect.stringContaining("CI_HEALING_GITHUB_ENABLED=false")
    expect(await told(open)).toMatchObject({ failure: { _tag: "Terminal", reason } })
    for (const shop of [open, closed, merged]) expect(await forge.branches(shop.repository)).toHaveProperty(shop.fixBranch)
  })
})

describe("checking", () => {
  it("an open one tells its checks", async () => {
    const shop = await openShop()
    const { headSha } = shop.pullRequest
    const told = async () => await done(check(shop))
    expect(await told()).toMatchObject({ success: { type: "pull-request-checks", data: { number: 1, headSha, conclusion: "pending" } } })
    await forge.recordRun({ repository: shop.repository, branch: shop.fixBranch, conclusion: "success" })
    expect(await told()).toMatchObject({ success: { data: { conclusion: "success" } } })
    await forge.rest("POST", `/repos/${shop.repository}/statuses/${headSha}`, { state: "failure", context: "lint" })
    expect(await told()).toMatchObject({ success: { data: { conclusion: "failure" } } })
  })

  it("an open one with more checks than GitHub tells at once is not green because the first ones are", async () => {
    const shop = await openShop()
    const matrix = (red: number) =>
      Array.from({ length: 150 }, (_, n) => ({ name: `test ${n}`, conclusion: n === red ? "failure" : "success", steps: [] }))
    await forge.recordRun({ repository: shop.repository, branch: shop.fixBranch, conclusion: "failure", jobs: matrix(120) })
    expect(await done(check(shop))).toMatchObject({ success: { data: { conclusion: "failure" } } })
  })

  it("a merged or closed one tells that", async () => {
    const [first, second] = [await openShop(), await openShop()]
    await byHand(first, "PUT", "/pulls/1/merge", {})
    await byHand(second, "PATCH", "/pulls/1", { state: "closed" })
    expect(await done(check(first))).toMatchObject({ success: { type: "pull-request-merged", data: { number: 1, by: "ci-fix-pilot" } } })
    expect(await done(check(second))).toMatchObject({ success: { type: "pull-request-closed", data: { number: 1 } } })
  })
})
