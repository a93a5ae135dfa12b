/** A bucket that a repository's webhooks are taken from; it fills again evenly. */
interface Bucket {
  tokens: number
  at: number
}

/** Buckets kept at once; the one that rested longest goes first, and it is full again by then in any ordinary case. */
const kept = 10_000
const minute = 60_000

export interface RateLimit {
  /** 0 when one more is welcome now, else the seconds until one is. */
  readonly take: (key: string) => number
}

/** At most `perMinute` per key and minute, all of them at once if need be. `now`: monotonic milliseconds. */
export const makeRateLimit = (perMinute: number, now: () => number): RateLimit => {
  const buckets = new Map<string, Bucket>()
  const refill = (bucket: Bucket, at: number) => Math.min(perMinute, bucket.tokens + ((at - bucket.at) * perMinute) / minute)
  return {
    take: (key) => {
      const at = now()
      const bucket = buckets.get(key) ?? { tokens: perMinute, at }
      buckets.delete(key)
      const tokens = refill(bucket, at)
      const taken = tokens >= 1 ? 1 : 0
      buckets.set(key, { tokens: tokens - taken, at })
      const oldest = buckets.keys().next()
      if (buckets.size > kept && oldest.done !== true) buckets.delete(oldest.value)
      return taken === 1 ? 0 : Math.max(1, Math.ceil(((1 - tokens) * minute) / perMinute / 1_000))
    },
  }
}
