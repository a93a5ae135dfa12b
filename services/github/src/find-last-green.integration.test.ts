import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import * as runs from "./fetching.suite.ts"
import { type Data, fetchFrom } from "./fetching.suite.ts"
import { type Around, startForge, type TestForge } from "./forge.suite.ts"
import { makeShop, type Shop } from "./shop.suite.ts"

let forge: TestForge
beforeAll(async () => {
  forge = await startForge()
})
afterAll(() => forge.stop())
beforeEach(() => forge.clearFaults())

const fetchIt = (shop: Shop, data: Data = {}, around?: Around) => fetchFrom(forge, shop, data, around)
const red = (shop: Shop, more: object = {}) => runs.red(forge, shop, more)
const green = (shop: Shop, more: object = {}) => runs.green(forge, shop, more)

describe("the last green commit", () => {
  const lastGreen = async (shop: Shop) => {
    const { event } = await fetchIt(shop)
    return event?.type === "failure-fetched" ? event.data.lastGreenCommit : event
  }

  it("is the newest green one of the branch that is an ancestor", async () => {
    const shop = await makeShop(forge)
    await green(shop, { branch: "feature/cart" })
    const side = await forge.push({ repository: shop.repository, branch: "side", from: "main", files: { "side.txt": "x" } })
    await green(shop, { branch: "feature/cart", sha: side })
    await red(shop)
    expect(await lastGreen(shop)).toBe(shop.green)
  })

  it("is one of the default branch where the branch has none", async () => {
    const shop = await makeShop(forge)
    await green(shop)
    await red(shop)
    expect(await lastGreen(shop)).toBe(shop.green)
  })

  it("is where the branch left the default branch where nothing is known to be green", async () => {
    const shop = await makeShop(forge)
    await red(shop)
    expect(await lastGreen(shop)).toBe(shop.green)
  })

  it("is unknown on a default branch that was never green", async () => {
    const shop = await makeShop(forge)
    const commitSha = await forge.push({ repository: shop.repository, branch: "main", files: { "x.txt": "x" } })
    await red(shop, { branch: "main", sha: commitSha })
    expect(await lastGreen({ ...shop, target: { ...shop.target, branch: "main", commitSha } })).toBeUndefined()
  })

  it("is never the failing commit itself", async () => {
    const shop = await makeShop(forge)
    await green(shop, { branch: "feature/cart", sha: shop.target.commitSha })
    await red(shop)
    expect(await lastGreen(shop)).toBe(shop.green)
  })
})
