/** What is left of a pull request that was merged. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { endingOn } from "./ending.suite.ts"
import { leaseFor, startForge, type TestForge } from "./forge.suite.ts"
import { openOn } from "./opening.suite.ts"
import type { Shop } from "./shop.suite.ts"

let forge: TestForge
beforeAll(async () => {
  forge = await startForge()
})
afterAll(() => forge.stop())
beforeEach(() => forge.clearFaults())

const { done, openShop, close, byHand } = endingOn(() => forge)

describe("closing one that was merged", () => {
  const mergeByHand = (shop: Shop) => byHand(shop, "PUT", "/pulls/1/merge", {})
  const merged = { success: { type: "pull-request-merged", data: { number: 1, by: "ci-fix-pilot" } } }

  it("says so, which one it was, and deletes the branch that we made", async () => {
    const shop = await openShop()
    await mergeByHand(shop)
    const { url } = shop.pullRequest
    const told = await done(close(shop))
    expect(told).toMatchObject(merged)
    expect(told).toMatchObject({ success: { data: { pullRequest: { number: 1, url, branch: shop.fixBranch, adopted: true } } } })
    expect(await forge.branches(shop.repository)).not.toHaveProperty(shop.fixBranch)
    expect((await forge.pulls(shop.repository))[0]?.body).not.toContain("Closed by")
  })

  it("delivered twice, or when GitHub deleted the branch itself, changes nothing more", async () => {
    const shop = await openShop()
    await mergeByHand(shop)
    await byHand(shop, "DELETE", `/git/refs/heads/${shop.fixBranch}`, {})
    const before = await forge.asked(shop.repository)
    expect(await done(close(shop))).toMatchObject(merged)
    expect(await forge.asked(shop.repository)).toEqual(before)
  })

  it("deletes the branch also with somebody's commit in it, if that was merged with it", async () => {
    const shop = await openShop()
    await forge.push({ repository: shop.repository, branch: shop.fixBranch, files: { "more.txt": "x" } })
    await mergeByHand(shop)
    expect(await done(close(shop))).toMatchObject(merged)
    expect(await forge.branches(shop.repository)).not.toHaveProperty(shop.fixBranch)
  })

  it("spares a branch on which somebody went on after the merge, and one from which another pull request is open", async () => {
    const [goneOn, reused] = [await openShop(), await openShop()]
    await mergeByHand(goneOn)
    await forge.push({ repository: goneOn.repository, branch: goneOn.fixBranch, files: { "more.txt": "x" } })
    await byHand(reused, "POST", "/pulls", { title: "To main, too", head: reused.fixBranch, base: "main" })
    await mergeByHand(reused)
    for (const shop of [goneOn, reused]) {
      expect(await done(close(shop))).toMatchObject(merged)
      expect(await forge.branches(shop.repository)).toHaveProperty(shop.fixBranch)
    }
    expect(await forge.pulls(reused.repository)).toContainEqual(expect.objectContaining({ number: 2, state: "open" }))
  })

  it("waits for its lease to delete it", async () => {
    const shop = await openShop()
    await mergeByHand(shop)
    expect(await done(close(shop), leaseFor(0))).toMatchObject({ failure: { _tag: "Retry", uncounted: true } })
    expect(await done(close(shop))).toMatchObject(merged)
  })

  it("is done also where GitHub does not let us delete it: nothing depends on that", async () => {
    const shop = await openShop()
    await mergeByHand(shop)
    const developer = { login: "reader", name: "Reader", email: "reader@example.com" }
    await forge.operate("addPerson", { repository: shop.repository, developer, permission: "read", association: "NONE" })
    await forge.operate("addToken", { token: "reader-token", login: "reader" })
    expect(await done(close(shop), undefined, {}, "reader-token")).toMatchObject(merged)
    expect(await forge.branches(shop.repository)).toHaveProperty(shop.fixBranch)
  })
})

describe("a pull request that a person opened from our branch into another one", () => {
  const openToMain = (shop: Shop) => byHand(shop, "POST", "/pulls", { title: "To main, too", head: shop.fixBranch, base: "main" })

  it("does not stand for ours when it is merged: ours is closed, and told", async () => {
    const shop = await openShop()
    await openToMain(shop)
    await byHand(shop, "PUT", "/pulls/2/merge", {})
    expect(await done(close(shop))).toMatchObject({ success: { type: "pull-request-closed", data: { number: 1 } } })
    expect(await forge.pulls(shop.repository)).toContainEqual(expect.objectContaining({ number: 1, state: "closed", mergedAt: null }))
  })

  it("does not stand for ours when it is open: ours is adopted", async () => {
    const shop = await openShop()
    await openToMain(shop)
    expect(await openOn(forge, shop)).toMatchObject({
      success: { type: "pull-request-opened", data: { pullRequest: { number: 1, adopted: true } } },
    })
  })
})
