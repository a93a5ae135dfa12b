import { Conflict, Forbidden, type GitHubError, NotFound, RateLimited, Unauthorized, Unclear } from "./GitHub.ts"

/** What is known of a failed request: nothing but a message when the connection broke before an answer. */
export interface FailedRequest {
  /** The route, such as `POST /repos/{owner}/{repo}/pulls`. */
  readonly what: string
  /** Undefined when there was no answer. */
  readonly status: number | undefined
  readonly message: string
  readonly headers: Readonly<Record<string, string | number | undefined>>
}

const second = 1_000
const longestWait = 3_600 * second
/** What GitHub asks for when it names no time (https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api). */
const unnamedWait = 60 * second

/**
 * How long GitHub says to wait (ms), or undefined when this is no limit. The reset time is compared with the answer's own date,
 * so that this machine's clock does not matter; `now` (ms since 1970) is used only when the answer has none.
 */
export const waitOf = ({ status, message, headers }: FailedRequest, now: number): number | undefined => {
  if (status !== 403 && status !== 429) return undefined
  const bounded = (ms: number) => Math.min(longestWait, Math.max(second, Math.ceil(ms)))
  const retryAfter = Number(headers["retry-after"])
  if (headers["retry-after"] !== undefined && Number.isFinite(retryAfter)) return bounded(retryAfter * second)
  const reset = Number(headers["x-ratelimit-reset"])
  if (String(headers["x-ratelimit-remaining"]) === "0" && Number.isFinite(reset)) {
    const sent = Date.parse(String(headers["date"]))
    return bounded(reset * second - (Number.isNaN(sent) ? now : sent))
  }
  return status === 429 || /rate limit|abuse detection/iu.test(message) ? unnamedWait : undefined
}

/** The failed request as one of the errors of `GitHub.ts`, by the table "External answers". */
export const readOctokitError = (failed: FailedRequest, now: number): GitHubError => {
  const { what, status } = failed
  const why = failed.message.replace(/\s+/gu, " ").slice(0, 500)
  const afterMs = waitOf(failed, now)
  if (afterMs !== undefined) return new RateLimited({ afterMs, why })
  switch (status) {
    case 401:
      return new Unauthorized({ what, why })
    case 403:
    case 451:
      return new Forbidden({ what, why })
    case 404:
    case 410:
      return new NotFound({ what })
    case 400:
    case 405:
    case 409:
    case 413:
    case 422:
      return new Conflict({ what, why })
    default:
      return new Unclear({ what, why: `${status ?? "no answer"}: ${why}` })
  }
}
