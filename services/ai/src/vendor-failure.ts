import { redactText } from "@ci-fix-pilot/failure/redact"
import { Schema } from "effect"
import { ModelAway, type ModelFailure, RateLimited, RequestRefused, VendorRefused } from "./Model.ts"

/** What an HTTP error says, whatever SDK threw it. No status: the connection or the stream broke. */
export interface HttpFailure {
  readonly status: number | undefined
  readonly headers: Headers | undefined
  readonly message: string
  /** The vendor's own word for it. */
  readonly code: string | undefined
  /** The connection's own error. */
  readonly connection?: string | undefined
}

/** The connection was never made, so nothing was sent on it. */
const neverSent = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|\w*(?:CERT|SSL|TLS|SIGNATURE)\w*)$/u
/** A gateway's words for an answer that it did not get: who stands behind it may have been at work. */
const perhapsAtWork: ReadonlySet<number | undefined> = new Set([undefined, 408, 502, 504])

const isCoded = Schema.is(Schema.Struct({ code: Schema.String }))
const isCaused = Schema.is(Schema.Struct({ cause: Schema.Unknown }))

/** The code of the connection's error that an SDK has wrapped. */
export const connectionErrorOf = (error: unknown): string | undefined => {
  const origin = isCaused(error) && error.cause !== undefined ? error.cause : error
  return isCoded(origin) ? origin.code : undefined
}

/** When a limit names no time. */
const defaultWaitMs = 30_000
const longestWaitMs = 3_600_000

/**
 * What a vendor's error means for us: a limit is waited for as told, a bad request is not repeated, a refused key needs a person, and
 * anything else may go well later. `secrets` never appear in the reason.
 */
export const failureOf = (vendor: string, failure: HttpFailure, secrets: ReadonlyArray<string>): ModelFailure => {
  const { status, code } = failure
  const reason = redactText(`${vendor}: ${failure.message}`, { values: secrets }).slice(0, 500)
  if (status === 429 || code === "rate_limit_error")
    return code === "insufficient_quota"
      ? new VendorRefused({ reason })
      : new RateLimited({ reason, afterMs: waitOf(failure.headers) ?? defaultWaitMs })
  if (status === 400 || status === 413 || status === 422 || code === "invalid_request_error") return new RequestRefused({ reason })
  if (status !== undefined && [401, 402, 403, 404].includes(status)) return new VendorRefused({ reason })
  const unbilled = !perhapsAtWork.has(status) || neverSent.test(failure.connection ?? "")
  return new ModelAway({ reason, ...(unbilled ? { unbilled } : {}) })
}

/** `retry-after-ms`, or `retry-after` in seconds or as a date (RFC 9110, 10.2.3), in ms. */
const waitOf = (headers: Headers | undefined): number | undefined => {
  const ms = headers?.get("retry-after-ms") ?? undefined
  const after = headers?.get("retry-after") ?? undefined
  const now = Date.parse(headers?.get("date") ?? "")
  const waits = [Number(ms ?? Number.NaN), Number(after ?? Number.NaN) * 1_000, Date.parse(after ?? "") - now]
  const wait = waits.find((each) => Number.isFinite(each) && each >= 0)
  return wait === undefined ? undefined : Math.min(longestWaitMs, Math.ceil(wait))
}
