import { SlackFailed } from "./Slack.ts"

const defaultWaitMs = 30_000
const longestWaitMs = 3_600_000

/** Seconds, or nothing that we understand. */
const waitOf = (retryAfter: string | null) => {
  const seconds = Number(retryAfter ?? Number.NaN)
  return Number.isFinite(seconds) ? Math.min(longestWaitMs, Math.max(1_000, Math.ceil(seconds * 1_000))) : defaultWaitMs
}

/** Slack explains itself in one word (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks); anything else is not repeated. */
const wordOf = (text: string) => (/^[a-z_]{1,60}$/u.test(text.trim()) ? ` ${text.trim()}` : "")

/** What an answer means, `undefined` for a message that was taken. The body is read only where it explains a refusal. */
export const failureOf = (status: number, retryAfter: string | null, text: string): SlackFailed | undefined => {
  if (status >= 200 && status < 300) return undefined
  const why = `Slack answered ${status}${wordOf(text)}`
  if (status === 429) return new SlackFailed({ kind: "wait", why, afterMs: waitOf(retryAfter) })
  return new SlackFailed({ kind: status >= 300 && status < 500 && status !== 408 ? "refused" : "away", why, afterMs: 0 })
}
