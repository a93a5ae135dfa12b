import { digestText } from "@ci-fix-pilot/failure/digest"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import * as runs from "./fetching.suite.ts"
import { type Data, fetchFrom } from "./fetching.suite.ts"
import { type Around, startForge, type TestForge } from "./forge.suite.ts"
import { ada, makeShop, type Shop } from "./shop.suite.ts"

let forge: TestForge
beforeAll(async () => {
  forge = await startForge()
})
afterAll(() => forge.stop())
beforeEach(() => forge.clearFaults())

const fetchIt = (shop: Shop, data: Data = {}, around?: Around) => fetchFrom(forge, shop, data, around)
const red = (shop: Shop, more: object = {}) => runs.red(forge, shop, more)
const person = (shop: Shop, login: string, permission: string, association: string) =>
  runs.person(forge, shop, login, permission, association)
const given = { digest: digestText("Error: told by the webhook\n"), failedJobs: [{ name: "lint", steps: [] }] }

describe("the author", () => {
  const origin = async (shop: Shop, data: Data = {}) => {
    const { event } = await fetchIt(shop, data)
    if (event?.type !== "failure-fetched") throw new Error(JSON.stringify(event))
    const { author, fork, headMoved } = event.data
    return { author, fork, headMoved }
  }

  it.each([
    ["admin", true],
    ["write", true],
    ["read", false],
    ["none", false],
  ])("with the right to %s is trusted: %s", async (permission, trusted) => {
    const shop = await makeShop(forge)
    await person(shop, "ada", permission, "NONE")
    await red(shop)
    expect(await origin(shop)).toMatchObject({ author: { login: "ada", trusted }, fork: false })
  })

  it("is whoever caused the run, not whoever the commit names", async () => {
    const shop = await makeShop(forge)
    await person(shop, ada.login, "admin", "OWNER")
    await red(shop, { actor: "mallory" })
    expect(await origin(shop)).toMatchObject({ author: { login: "mallory", trusted: false } })
  })

  it("of a fork's change is the pull request's, and a maintainer who reruns it changes nothing", async () => {
    const shop = await makeShop(forge)
    await person(shop, ada.login, "admin", "OWNER")
    const name = shop.repository.split("/")[1] ?? ""
    await forge.operate("createRepository", { owner: "eve", name, from: forge.path(shop.repository), parent: shop.repository })
    const commitSha = await forge.push({ repository: `eve/${name}`, branch: "patch-1", files: { "x.txt": "x" } })
    await forge.operate("addToken", { token: `eve-${name}`, login: "eve" })
    await person(shop, "eve", "write", "CONTRIBUTOR")
    await forge.rest("POST", `/repos/${shop.repository}/pulls`, { title: "x", head: "eve:patch-1", base: "main" }, `eve-${name}`)
    await person(shop, "eve", "read", "CONTRIBUTOR")
    const target = { ...shop.target, branch: "patch-1", commitSha }
    await red(shop, { branch: "patch-1", sha: commitSha, headRepository: `eve/${name}`, actor: "ada" })
    expect(await origin(shop, { target })).toMatchObject({ author: { login: "eve", trusted: false }, fork: true, headMoved: false })
    expect(await origin(shop, { target, given, workflowRunId: 1 })).toMatchObject({ author: { login: "eve" }, fork: true })
    await forge.rest("PATCH", `/repos/${shop.repository}/pulls/1`, { state: "closed" })
    expect(await origin(shop, { target })).toMatchObject({ author: { login: "ada", trusted: false }, fork: true, headMoved: true })
  })

  it("is told together with whether the branch has moved", async () => {
    const shop = await makeShop(forge)
    await red(shop)
    expect(await origin(shop)).toMatchObject({ headMoved: false })
    await shop.moveOn()
    expect(await origin(shop)).toMatchObject({ headMoved: true, fork: false })
    await forge.rest("DELETE", `/repos/${shop.repository}/git/refs/heads/feature/cart`)
    expect(await origin(shop)).toMatchObject({ headMoved: true, fork: false })
  })
})
