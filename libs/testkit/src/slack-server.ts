/** Slack's incoming webhooks on loopback (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks): one hook, a record of what was posted. */
import { type LoopbackOutcome, type LoopbackRequest, type LoopbackServer, startLoopback } from "./loopback-server.ts"
import { type ReplyScript, replyScript } from "./reply-script.ts"
import { judgeMessage, type SlackMessage } from "./slack-blocks.ts"

/** An answer other than `ok`: Slack answers with a status and one word of plain text. */
export interface SlackReply {
  readonly outcome: LoopbackOutcome
  /** Whether the message was posted all the same: an answer that was lost on its way. */
  readonly posted: boolean
}

const plainText = (status: number, word: string, headers: Readonly<Record<string, string>> = {}): LoopbackOutcome => ({
  status,
  headers: { "content-type": "text/plain", ...headers },
  pieces: [word],
})

/** An error of Slack's: 403 `action_prohibited`, 404 `no_service`, 410 `channel_is_archived`, 500 `rollup_error`, ... */
export const fails = (status: number, word: string): SlackReply => ({ outcome: plainText(status, word), posted: false })
/** 429 with the seconds to wait. */
export const rateLimited = (retryAfterSeconds: number): SlackReply => ({
  outcome: plainText(429, "rate_limited", { "retry-after": `${retryAfterSeconds}` }),
  posted: false,
})
/** Never answers. */
export const silent: SlackReply = { outcome: "stall", posted: false }
/** Posts the message, then breaks the connection before saying so. */
export const resetsAfterPosting: SlackReply = { outcome: "reset", posted: true }
/** A proxy's error page. */
export const garbage: SlackReply = {
  outcome: { status: 502, headers: { "content-type": "text/html" }, pieces: ["<html>Bad Gateway</html>"] },
  posted: false,
}

export interface SlackServer extends Omit<LoopbackServer, "url">, ReplyScript<LoopbackRequest, SlackReply> {
  /** The hook's own address, as `CI_HEALING_SLACK_WEBHOOK_URL` takes it. */
  readonly webhookUrl: string
  /** What stands in the channel, in order. */
  readonly messages: ReadonlyArray<SlackMessage>
  /** Resolves when so many messages stand in the channel. */
  readonly posted: (count: number) => Promise<void>
}

const hook = "/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX"

/** Starts one. Well-formed messages are answered `ok` unless a reply is scripted; malformed ones are refused as Slack does. */
export const startSlack = async (): Promise<SlackServer> => {
  const { script, next } = replyScript<LoopbackRequest, SlackReply>()
  const messages: Array<SlackMessage> = []
  const waiting: Array<{ readonly at: number; readonly wake: () => void }> = []
  const post = (message: SlackMessage) => {
    messages.push(message)
    for (const waiter of waiting) if (messages.length >= waiter.at) waiter.wake()
  }

  const answer = async (request: LoopbackRequest): Promise<LoopbackOutcome> => {
    if (request.method !== "POST") return plainText(405, "method_not_allowed")
    if (request.path !== hook) return plainText(404, "no_service")
    const message = judgeMessage(request.json)
    if (typeof message === "string") return plainText(400, message)
    const reply = await next(request)
    if (reply === undefined || reply.posted) post(message)
    return reply?.outcome ?? plainText(200, "ok")
  }

  const { url, ...server } = await startLoopback(answer)
  const posted = (count: number) =>
    messages.length >= count ? Promise.resolve() : new Promise<void>((wake) => void waiting.push({ at: count, wake }))
  return { ...server, ...script, webhookUrl: `${url}${hook}`, messages, posted }
}
