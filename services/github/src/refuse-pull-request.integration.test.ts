/** When nothing is opened, and why. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { patchOf, proposal } from "./delivery.suite.ts"
import { startForge, type TestForge } from "./forge.suite.ts"
import { type How, openOn } from "./opening.suite.ts"
import { makeShop, type Shop } from "./shop.suite.ts"

let forge: TestForge
beforeAll(async () => {
  forge = await startForge()
})
afterAll(() => forge.stop())
beforeEach(() => forge.clearFaults())

const open = (shop: Shop, how: How = {}) => openOn(forge, shop, how)
const refused = (why: string) => ({ success: { type: "pull-request-refused", data: { why: expect.stringContaining(why) } } })
const closePull = (shop: Shop) => forge.rest("PATCH", `/repos/${shop.repository}/pulls/1`, { state: "closed" })

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
    expect(await open({ ...shop, delivery: { ...shop.delivery, mostOpen: 2 } })).toMatchObject(refused("2 pull requests"))
    await closePull(shop)
    expect(await open(shop)).toMatchObject({ success: { type: "pull-request-opened" } })
  })
})
