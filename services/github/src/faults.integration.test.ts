/** Whatever goes wrong between us and GitHub, at whichever request: in the end there is what there should be, once. */
import type { Lease } from "@ci-fix-pilot/actor/Lease"
import type { Objects } from "@ci-fix-pilot/actor/Objects"
import type { Retry, Terminal } from "@ci-fix-pilot/actor/outcome"
import { Effect, Layer } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { ChangesAllowed } from "./ChangesAllowed.ts"
import type { Credential } from "./Credential.ts"
import * as checkPullRequest from "./check-pull-request.ts"
import * as closePullRequest from "./close-pull-request.ts"
import { command } from "./delivery.suite.ts"
import * as fetchFailure from "./fetch-failure.ts"
import { configured, goodLease, live, startForge, type TestForge } from "./forge.suite.ts"
import type { GitHub } from "./GitHub.ts"
import * as mergePullRequest from "./merge-pull-request.ts"
import * as openPullRequest from "./open-pull-request.ts"
import { makeShop, type Shop } from "./shop.suite.ts"

let forge: TestForge
beforeAll(async () => {
  forge = await startForge()
})
afterAll(() => forge.stop())

const kinds = [
  "bad-gateway",
  "bad-gateway-after",
  "reset-before",
  "reset-after",
  "secondary-limit",
  "primary-limit",
  "unauthorized",
  "garbage",
  "slow",
] as const
/** For a request that changes nothing it makes no difference whether it was answered wrongly before or after. */
const onlyForChanges: ReadonlyArray<string> = ["bad-gateway-after", "reset-after", "primary-limit", "slow"]
const mostTries = 6

type Work = Effect.Effect<
  { readonly type: string; readonly data: unknown },
  Retry | Terminal,
  GitHub | Credential | Objects | Lease | ChangesAllowed
>

/** ms: short only where an answer is late on purpose, so that a busy machine is not taken for a slow GitHub. */
const patience = (kind?: string) => (kind === "slow" ? "750" : "10000")
const tooLate = 1_500

const once = (work: Work, kind?: string) => {
  const env = { CI_HEALING_GITHUB_TIMEOUT_MS: patience(kind) }
  const settings = ChangesAllowed.layer.pipe(Layer.provide(configured(forge, env)), Layer.orDie)
  return Effect.runPromise(Effect.result(work).pipe(Effect.provide(Layer.mergeAll(live(forge, env), goodLease().layer, settings))))
}

/** As the planner does: again after each Retry, a limit not counted. */
const untilAnswered = async (work: Work, kind?: string) => {
  let counted = 0
  for (let dispatch = 0; dispatch < 20 && counted < mostTries; dispatch += 1) {
    const outcome = await once(work, kind)
    if (outcome._tag === "Success") return outcome.success
    if (outcome.failure._tag === "Terminal") throw outcome.failure
    if (outcome.failure.uncounted !== true) counted += 1
  }
  throw new Error("never answered")
}

const openIt = async (shop: Shop) => {
  const answer = await untilAnswered(openPullRequest.handle(command("github.open-pull-request", shop.delivery, shop.runId)))
  if (answer.type !== "pull-request-opened") throw new Error(`not opened: ${JSON.stringify(answer)}`)
  const [pull] = await forge.pulls(shop.repository)
  return { number: 1, url: "", branch: shop.fixBranch, headSha: pull?.headSha ?? "", adopted: false }
}

/** What each command is tried with, and what must be true in the end. */
const cases: Readonly<
  Record<
    string,
    { readonly prepare: (shop: Shop) => Promise<Work>; readonly answer: string; readonly holds: (shop: Shop) => Promise<void> }
  >
> = {
  "open-pull-request": {
    prepare: async (shop) => openPullRequest.handle(command("github.open-pull-request", shop.delivery, shop.runId)),
    answer: "pull-request-opened",
    holds: async (shop) => {
      expect(await forge.pulls(shop.repository)).toMatchObject([{ state: "open", headRef: shop.fixBranch, labels: ["ci-fix-pilot"] }])
      expect(await forge.git(shop.repository, "rev-parse", `${shop.fixBranch}^{tree}`)).toBe(shop.delivery.proof.treeSha)
    },
  },
  "merge-pull-request": {
    prepare: async (shop) => {
      const pullRequest = await openIt(shop)
      return mergePullRequest.handle(command("github.merge-pull-request", { target: shop.target, pullRequest }, shop.runId))
    },
    answer: "pull-request-merged",
    holds: async (shop) => {
      expect(await forge.pulls(shop.repository)).toMatchObject([{ state: "closed", mergedAt: expect.any(String) }])
      expect(await forge.git(shop.repository, "rev-list", "--count", "--merges", "feature/cart")).toBe("1")
    },
  },
  "close-pull-request": {
    prepare: async (shop) => {
      await openIt(shop)
      return closePullRequest.handle(command("github.close-pull-request", { target: shop.target, reason: "denied" }, shop.runId))
    },
    answer: "pull-request-closed",
    holds: async (shop) => {
      expect(await forge.pulls(shop.repository)).toMatchObject([{ state: "closed", mergedAt: null }])
      expect(await forge.branches(shop.repository)).not.toHaveProperty(shop.fixBranch)
    },
  },
  "close-pull-request of a merged one": {
    prepare: async (shop) => {
      await openIt(shop)
      await forge.rest("PUT", `/repos/${shop.repository}/pulls/1/merge`, {})
      return closePullRequest.handle(command("github.close-pull-request", { target: shop.target, reason: "it is merged" }, shop.runId))
    },
    answer: "pull-request-merged",
    holds: async (shop) => {
      expect(await forge.branches(shop.repository)).not.toHaveProperty(shop.fixBranch)
    },
  },
  "check-pull-request": {
    prepare: async (shop) => {
      const pullRequest = await openIt(shop)
      return checkPullRequest.handle(command("github.check-pull-request", { target: shop.target, pullRequest }, shop.runId))
    },
    answer: "pull-request-checks",
    holds: async () => {},
  },
  "fetch-failure": {
    prepare: async (shop) => {
      await forge.recordRun({ repository: shop.repository, branch: "main", sha: shop.green, conclusion: "success", log: "ok\n" })
      await forge.recordRun({
        repository: shop.repository,
        branch: "feature/cart",
        conclusion: "failure",
        log: "Error: expected 30\n",
        actor: "ada",
      })
      return fetchFailure.handle(command("github.fetch-failure", { target: shop.target }, shop.runId))
    },
    answer: "failure-fetched",
    holds: async () => {},
  },
}

describe.each(Object.entries(cases))("%s", (_name, { prepare, answer, holds }) => {
  it.each(kinds)("comes to the same end when any one of its requests meets %s", async (kind) => {
    const calm = await makeShop(forge)
    const calmWork = await prepare(calm)
    const before = (await forge.asked(calm.repository, true)).length
    await untilAnswered(calmWork)
    const routes = (await forge.asked(calm.repository, true)).slice(before).map((line) => line.replace(/ \S+$/u, ""))
    expect(routes.length).toBeGreaterThan(1)

    for (const [index, route] of routes.entries()) {
      if (route.startsWith("GET ") && onlyForChanges.includes(kind)) continue
      const shop = await makeShop(forge)
      const work = await prepare(shop)
      const skip = routes.slice(0, index).filter((earlier) => earlier === route).length
      const [method, path] = route.split(" ")
      await forge.fault({ route: `${method} /repos/{owner}/{repo}${path ?? ""}`, kind, skip, retryAfterSeconds: 1, afterMs: tooLate })
      expect(await untilAnswered(work, kind), `${kind} at request ${index + 1}: ${route}`).toMatchObject({ type: answer })
      expect(await forge.pendingFaults(), `${kind} never struck at ${route}`).toEqual([])
      await holds(shop)
    }
  })
})
