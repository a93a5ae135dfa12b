import { redactText } from "@ci-fix-pilot/failure/redact"
import { ModelAway, type ModelFailure, RateLimited, RequestRefused, VendorRefused } from "./Model.ts"

/** What an HTTP error says, whatever SDK threw it. No status: the connection or the stream broke. */
export interface HttpFailure {
  readonly status: number | undefined
  readonly headers: Headers | undefined
  readonly message: string
  /** The vendor's own word for it. */
  readonly code: string | undefined
}

/** When a limit names no time. */
const defaultWaitMs = 30_000
const longestWaitMs = 3_600_000

/** What a vendor's error means for us (the table "External answers" of docs/reliability.md). `secrets` never appear in the reason. */
export const failureOf = (vendor: string, failure: HttpFailure, secrets: ReadonlyArray<string>): ModelFailure => {
  const { status, code } = failure
  const reason = redactText(`${vendor}: ${failure.message}`, { values: secrets }).slice(0, 500)
  if (status === 429 || code === "rate_limit_error")
    return code === "insufficient_quota"
      ? new VendorRefused({ reason })
      : new RateLimited({ reason, afterMs: waitOf(failure.headers) ?? defaultWaitMs })
  if (status === 400 || status === 413 || status === 422 || code === "invalid_request_error") return new RequestRefused({ reason })
  if (status !== undefined && [401, 402, 403, 404].includes(status)) return new VendorRefused({ reason })
  return new ModelAway({ reason })
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
