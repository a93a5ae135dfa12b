/** Merging, closing and checking pull requests on a forge. */
import type { Lease } from "@ci-fix-pilot/actor/Lease"
import type { Retry, Terminal } from "@ci-fix-pilot/actor/outcome"
import type { PullRequest } from "@ci-fix-pilot/contract/values"
import { Effect, Layer } from "effect"
import { ChangesAllowed } from "./ChangesAllowed.ts"
import * as checkPullRequest from "./check-pull-request.ts"
import * as closePullRequest from "./close-pull-request.ts"
import { command } from "./delivery.suite.ts"
import { type Around, configured, goodLease, live, type TestForge, wrapped } from "./forge.suite.ts"
import type { GitHub } from "./GitHub.ts"
import * as mergePullRequest from "./merge-pull-request.ts"
import { openOn } from "./opening.suite.ts"
import { makeShop, type Shop } from "./shop.suite.ts"

type Env = Readonly<Record<string, string>>
type Work = Effect.Effect<{ readonly type: string; readonly data: unknown }, Retry | Terminal, GitHub | Lease | ChangesAllowed>

/** A shop whose pull request is open. */
export interface Opened extends Shop {
  readonly pullRequest: PullRequest
}

/** The three commands on a forge that is started later. */
export const endingOn = (forge: () => TestForge) => ({
  /** Does it once, under this lease and with these settings, with our token or another; gives the outcome. */
  done: (work: Work, lease: Layer.Layer<Lease> = goodLease().layer, env: Env = {}, as?: string, around: Around = () => ({})) => {
    const settings = ChangesAllowed.layer.pipe(Layer.provide(configured(forge(), env)), Layer.orDie)
    const github = wrapped(around).pipe(Layer.provideMerge(live(forge(), env, as)))
    return Effect.runPromise(Effect.result(work).pipe(Effect.provide(Layer.mergeAll(github, lease, settings))))
  },
  openShop: async (): Promise<Opened> => {
    const shop = await makeShop(forge())
    const outcome = await openOn(forge(), shop)
    if (outcome._tag === "Failure" || outcome.success.type !== "pull-request-opened") throw new Error(JSON.stringify(outcome))
    return { ...shop, pullRequest: outcome.success.data.pullRequest }
  },
  merge: ({ target, pullRequest, runId }: Opened, approvedBy?: string) =>
    mergePullRequest.handle(
      command("github.merge-pull-request", { target, pullRequest, ...(approvedBy === undefined ? {} : { approvedBy }) }, runId),
    ),
  close: ({ target, runId }: Shop) =>
    closePullRequest.handle(command("github.close-pull-request", { target, reason: "denied by @ada, closes #1" }, runId)),
  check: ({ target, pullRequest, runId }: Opened) =>
    checkPullRequest.handle(command("github.check-pull-request", { target, pullRequest }, runId)),
  /** A person asks GitHub for it. */
  byHand: (shop: Shop, method: string, path: string, body: object) => forge().rest(method, `/repos/${shop.repository}${path}`, body),
})
