import { Schema } from "effect"
import { json } from "./answer.ts"

/**
 * What may go wrong between a client and GitHub:
 * - `bad-gateway` 502 without any effect; `bad-gateway-after` 502 although the effect happened
 * - `reset-before`, `reset-after` the connection is reset without, or after, the effect
 * - `secondary-limit` 403 with retry-after; `primary-limit` 403 with x-ratelimit-remaining 0 and a reset time
 * - `unauthorized` 401 although the credentials are good
 * - `garbage` 200 with a page of HTML; `slow` the right answer after `afterMs`
 */
export const FaultKind = Schema.Literals([
  "bad-gateway",
  "bad-gateway-after",
  "reset-before",
  "reset-after",
  "secondary-limit",
  "primary-limit",
  "unauthorized",
  "garbage",
  "slow",
])
export type FaultKind = typeof FaultKind.Type

/** Every kind, so that tests can try each. */
export const faultKinds: ReadonlyArray<FaultKind> = FaultKind.literals

/**
 * A fault for the next `times` (1) requests of a route (`GET /repos/{owner}/{repo}`, or `*` for all), after `skip` good ones.
 * Bun's `fetch` sends a GET again by itself when a connection it had used before is reset: two times make it see one.
 */
export const Fault = Schema.Struct({
  route: Schema.String,
  kind: FaultKind,
  times: Schema.optionalKey(Schema.Int),
  skip: Schema.optionalKey(Schema.Int),
  /** How long `slow` waits, in milliseconds (1000), and what `secondary-limit` says in retry-after, in whole seconds (1). */
  afterMs: Schema.optionalKey(Schema.Int),
  retryAfterSeconds: Schema.optionalKey(Schema.Int),
})
export type Fault = typeof Fault.Type

/** The faults that wait for their requests. */
export interface Faults {
  readonly set: (fault: Fault) => void
  readonly clear: () => void
  /** The fault that this request must suffer, which uses it up; undefined when it may pass. */
  readonly take: (route: string) => Fault | undefined
  /** Faults that were set and have not struck as often as they should: a test that expects them all to have landed asks this. */
  readonly pending: () => ReadonlyArray<Fault>
}

/** No faults at first. */
export const makeFaults = (): Faults => {
  let waiting: Array<{ fault: Fault; skip: number; times: number }> = []
  return {
    set: (fault) => {
      waiting.push({ fault, skip: fault.skip ?? 0, times: fault.times ?? 1 })
    },
    clear: () => {
      waiting = []
    },
    take: (route) => {
      const found = waiting.find((one) => one.fault.route === route || one.fault.route === "*")
      if (found === undefined) return undefined
      if (found.skip > 0) {
        found.skip -= 1
        return undefined
      }
      found.times -= 1
      if (found.times <= 0) waiting = waiting.filter((one) => one !== found)
      return found.fault
    },
    pending: () => waiting.map((one) => one.fault),
  }
}

/** An answer that resets the connection: the body fails before its first byte, so the headers never leave. */
export const reset = (): Response => new Response(new ReadableStream({ start: (controller) => controller.error(undefined) }))

const limited = (message: string, headers: Readonly<Record<string, string>>) =>
  json({ message, documentation_url: "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api" }, 403, headers)

const answers: Readonly<Record<FaultKind, (fault: Fault, nowMs: number) => Response>> = {
  "bad-gateway": () => new Response("<html><body>502 Bad Gateway</body></html>", { status: 502, headers: { "content-type": "text/html" } }),
  "bad-gateway-after": (fault, now) => answers["bad-gateway"](fault, now),
  "reset-before": reset,
  "reset-after": reset,
  "secondary-limit": (fault) =>
    limited("You have exceeded a secondary rate limit. Please wait a few minutes before you try again.", {
      "retry-after": String(fault.retryAfterSeconds ?? 1),
    }),
  "primary-limit": (fault, now) =>
    limited("API rate limit exceeded for user ID 1.", {
      "x-ratelimit-limit": "5000",
      "x-ratelimit-remaining": "0",
      "x-ratelimit-used": "5000",
      "x-ratelimit-reset": String(Math.ceil(now / 1000) + (fault.retryAfterSeconds ?? 1)),
      "x-ratelimit-resource": "core",
    }),
  unauthorized: () => json({ message: "Bad credentials", documentation_url: "https://docs.github.com/rest", status: "401" }, 401),
  garbage: () => new Response("<!DOCTYPE html><title>Unicorn!</title>", { status: 200, headers: { "content-type": "text/html" } }),
  slow: () => new Response(null, { status: 500 }),
}

/** Lets a request meet its fault. `effect` is the real thing; whether and when it happens depends on the fault. */
export const suffer = async (fault: Fault | undefined, nowMs: number, effect: () => Promise<Response>): Promise<Response> => {
  if (fault === undefined) return effect()
  if (fault.kind === "slow") {
    await Bun.sleep(fault.afterMs ?? 1000)
    return effect()
  }
  if (fault.kind.endsWith("-after")) await effect()
  return answers[fault.kind](fault, nowMs)
}
