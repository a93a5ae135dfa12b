/** Opening pull requests against a forge, with whatever happens meanwhile. */
import { CrashPoints } from "@ci-fix-pilot/actor/crash-point"
import type { Lease } from "@ci-fix-pilot/actor/Lease"
import { Effect, Layer } from "effect"
import { ChangesAllowed } from "./ChangesAllowed.ts"
import { command } from "./delivery.suite.ts"
import { type Around, configured, goodLease, live, type TestForge, wrapped } from "./forge.suite.ts"
import { handle } from "./open-pull-request.ts"
import type { Shop } from "./shop.suite.ts"

export interface How {
  readonly lease?: Layer.Layer<Lease>
  readonly env?: Readonly<Record<string, string>>
  /** Somebody else's token. */
  readonly as?: string
  /** The crash point at which the process dies. */
  readonly dieAt?: string
  readonly around?: Around
}

/** Delivers the shop's command once; gives the outcome. */
export const openOn = (forge: TestForge, shop: Shop, { lease = goodLease().layer, env = {}, as, dieAt, around = () => ({}) }: How = {}) => {
  const settings = ChangesAllowed.layer.pipe(Layer.provide(configured(forge, env)), Layer.orDie)
  const world = Layer.mergeAll(wrapped(around).pipe(Layer.provideMerge(live(forge, env, as))), lease, settings)
  const reach = (point: string) => (point === dieAt ? Effect.die(new Error(`died at ${point}`)) : Effect.void)
  return Effect.runPromise(
    Effect.result(handle(command("github.open-pull-request", shop.delivery, shop.runId))).pipe(
      Effect.provide(world),
      Effect.provideService(CrashPoints, reach),
    ),
  )
}

/** The changes that opening makes, in order. */
export const changes = [
  "POST /git/trees 201",
  "POST /git/commits 201",
  "POST /git/refs 201",
  "POST /pulls 201",
  "POST /issues/{issue_number}/labels 200",
]
