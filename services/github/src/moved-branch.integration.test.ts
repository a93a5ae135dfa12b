/** The failing branch moves, goes or was never here, at each moment of opening a pull request. */
import { Effect } from "effect"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { type Around, startForge, type TestForge } from "./forge.suite.ts"
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
    const name = shop.repository.split("/")[1] ?? ""
    await forge.operate("createRepository", { owner: "eve", name, from: forge.path(shop.repository), parent: shop.repository })
    const commitSha = await forge.push({ repository: `eve/${name}`, branch: "patch-1", files: { "x.txt": "x" } })
    await forge.rest("POST", `/repos/${shop.repository}/pulls`, { title: "x", head: "eve:patch-1", base: "main" })
    const target = { ...shop.target, branch: "patch-1", commitSha }
    const foreign = { ...shop, delivery: { ...shop.delivery, target, proof: { ...shop.delivery.proof, commitSha } } }
    expect(await open(foreign)).toMatchObject(refused(`fork eve/${name}`))
  })
})
