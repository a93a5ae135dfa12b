import type { Caller } from "./access.ts"
import type { Json } from "./answer.ts"

const limit = 5000
const hour = 3_600_000

/** Counts requests per account and hour, as GitHub's primary limit does; the forge only tells, it never refuses by itself. */
export const makeRateLimits = (now: () => Date) => {
  const used = new Map<string, { readonly until: number; readonly count: number }>()
  const of = (caller: Caller) => {
    const key = caller.kind === "anonymous" ? "" : caller.kind === "app" ? `app ${caller.id}` : caller.login
    const at = now().getTime()
    const known = used.get(key)
    return { key, window: known !== undefined && known.until > at ? known : { until: at + hour, count: 0 } }
  }
  const numbers = (window: { readonly until: number; readonly count: number }) => ({
    limit,
    used: Math.min(limit, window.count),
    remaining: Math.max(0, limit - window.count),
    reset: Math.ceil(window.until / 1000),
  })
  return {
    /** Counts a request and gives the headers that say so. */
    headers: (caller: Caller): Record<string, string> => {
      const { key, window } = of(caller)
      const next = { until: window.until, count: window.count + 1 }
      used.set(key, next)
      const { limit: most, remaining, reset, used: spent } = numbers(next)
      return {
        "x-ratelimit-limit": String(most),
        "x-ratelimit-remaining": String(remaining),
        "x-ratelimit-reset": String(reset),
        "x-ratelimit-used": String(spent),
        "x-ratelimit-resource": "core",
      }
    },
    /** The answer of `GET /rate_limit`, which itself costs nothing. */
    overview: (caller: Caller): Json => {
      const core = numbers(of(caller).window)
      return { resources: { core, search: { ...core, limit: 30, used: 0, remaining: 30 } }, rate: core }
    },
  }
}

/** What is left of everybody's hourly limit. */
export type RateLimits = ReturnType<typeof makeRateLimits>
