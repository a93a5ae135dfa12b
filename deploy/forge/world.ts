import type { Repositories } from "./git/repositories.ts"
import type { Faults } from "./http/faults.ts"
import type { RateLimits } from "./http/rate-limit.ts"
import type { Seen } from "./operations.ts"
import type { Store } from "./store/store.ts"
import type { Deliveries } from "./webhooks/deliver.ts"

/** All that a route handler may touch. */
export interface World {
  readonly dir: string
  /** Where the server listens, and where its REST API begins (GitHub Enterprise's `/api/v3`). No trailing slash. */
  readonly url: string
  readonly apiUrl: string
  readonly store: Store
  readonly repositories: Repositories
  readonly deliveries: Deliveries
  readonly faults: Faults
  readonly limits: RateLimits
  readonly requests: Array<Seen>
  /** Runs work on one thing (a repository's full name) alone: after what is queued there, before what comes later. */
  readonly exclusive: <A>(thing: string, work: () => Promise<A>) => Promise<A>
  readonly now: () => Date
  readonly appPublicKey: string | undefined
  /** Signs the addresses that job and run logs are downloaded from. */
  readonly logSecret: string
}

/** One queue per thing. */
export const makeExclusive = (): World["exclusive"] => {
  const last = new Map<string, Promise<unknown>>()
  return (thing, work) => {
    const result = (last.get(thing) ?? Promise.resolve()).then(work)
    last.set(
      thing,
      result.catch(() => undefined),
    )
    return result
  }
}
