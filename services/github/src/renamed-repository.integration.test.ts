/** A repository that was renamed since the failure: GitHub answers under the old name, and names the new one. */
import { Effect } from "effect"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { endingOn } from "./ending.suite.ts"
import * as runs from "./fetching.suite.ts"
import { type Around, startForge, type TestForge } from "./forge.suite.ts"
import type { Pull } from "./GitHub.ts"
import { openOn } from "./opening.suite.ts"
import { makeShop } from "./shop.suite.ts"

let forge: TestForge
beforeAll(async () => {
  forge = await startForge()
})
afterAll(() => forge.stop())
beforeEach(() => forge.clearFaults())

const { done, openShop, close } = endingOn(() => forge)
const name = "acme/renamed"
const renamed: Around = ({ pullsFrom, openPulls, workflowRunsAt }) => {
  const told = (pulls: ReadonlyArray<Pull>) => pulls.map((pull) => ({ ...pull, headRepository: name, repository: name }))
  return {
    pullsFrom: (...args) => Effect.map(pullsFrom(...args), told),
    openPulls: (repository, matches, enough) =>
      Effect.map(
        openPulls(repository, () => true, 100),
        (pulls) => told(pulls).filter(matches).slice(0, enough),
      ),
    workflowRunsAt: (...args) =>
      Effect.map(workflowRunsAt(...args), (all) => all.map((run) => ({ ...run, repository: name, headRepository: name }))),
  }
}

describe("in a repository that was renamed", () => {
  it("our pull request is still ours: it is adopted, and closed", async () => {
    const shop = await openShop()
    expect(await openOn(forge, shop, { around: renamed })).toMatchObject({
      success: { type: "pull-request-opened", data: { pullRequest: { number: 1, adopted: true } } },
    })
    expect(await done(close(shop), undefined, {}, undefined, renamed)).toMatchObject({
      success: { type: "pull-request-closed", data: { number: 1 } },
    })
    expect(await forge.pulls(shop.repository)).toMatchObject([{ state: "closed" }])
  })

  it("its own branch is no fork's", async () => {
    const shop = await makeShop(forge)
    await runs.person(forge, shop, "ada", "write", "MEMBER")
    await runs.red(forge, shop)
    const { event } = await runs.fetchFrom(forge, shop, {}, renamed)
    expect(event).toMatchObject({
      type: "failure-fetched",
      data: { fork: false, headMoved: false, author: { login: "ada", trusted: true } },
    })
  })
})
