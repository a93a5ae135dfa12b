import type { CommandData } from "@ci-fix-pilot/contract/commands"

type Notice = CommandData<"notifier.notify">

/** A Slack message: the text for notifications and screen readers, and the blocks that are shown. */
export interface Message {
  readonly text: string
  readonly blocks: ReadonlyArray<Readonly<Record<string, unknown>>>
}

const headlines: Readonly<Record<Notice["kind"], readonly [emoji: string, words: string]>> = {
  "failure-queued": ["🔴", "CI failed, healing is queued"],
  "attempt-started": ["🔧", "Trying a fix"],
  "attempt-retried": ["🔁", "Trying another fix"],
  "approval-requested": ["✋", "A proven fix waits for your approval"],
  "run-fixed": ["✅", "Fixed by a person"],
  "run-escalated": ["🚨", "A person is needed"],
  "run-flaky": ["🎲", "Flaky: it passes on the same commit"],
  "pull-request-opened": ["✅", "Fixed and proven: a pull request is open"],
  "pull-request-merged": ["🎉", "The fix was merged"],
  "pull-request-closed": ["🚪", "The fix was closed without merging"],
  "pull-request-skipped": ["⏭️", "Skipped: nothing to deliver any more"],
}

/** Slack's three control characters (https://docs.slack.dev/messaging/formatting-message-text); hidden characters go, too. */
export const escapeText = (text: string) =>
  text
    .replaceAll(/[\p{Cc}\p{Cf}]+/gu, " ")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")

/** Untrusted text inside markup: no bold, code or mention of its own. */
const quiet = (text: string, max: number) =>
  escapeText(text.length > max ? `${text.slice(0, max - 1)}…` : text)
    .replaceAll(/[*_~`]/gu, "\u02cb")
    .replaceAll("@", "@\u2060")

const isLink = (url: string | undefined): url is string => url !== undefined && /^https?:\/\/[^\s<>|]+$/u.test(url)

const button = (label: string, url: string) => ({ type: "button", text: { type: "plain_text", text: label }, url })

/** The message for a notice, in Block Kit. Everything that came from a repository, a log or a model is text and nothing else. */
export const messageOf = (notice: Notice): Message => {
  const [emoji, words] = headlines[notice.kind]
  const { repository, branch, commitSha } = notice.target
  const where = `*${quiet(repository, 200)}* on *${quiet(branch, 150)}* at \`${commitSha.slice(0, 8)}\``
  const attempt =
    notice.attempt === undefined
      ? []
      : [`attempt ${notice.attempt} of ${notice.maxAttempts ?? "?"}${notice.strategy === undefined ? "" : `, ${notice.strategy}`}`]
  const buttons = [
    ...(isLink(notice.pullRequestUrl) ? [button("Review the pull request", notice.pullRequestUrl)] : []),
    ...(isLink(notice.runUrl) ? [button("See the run", notice.runUrl)] : []),
  ]
  return {
    text: `${emoji} ${words}: ${quiet(repository, 200)} (${quiet(branch, 150)}): ${quiet(notice.summary, 300)}`,
    blocks: [
      { type: "section", text: { type: "mrkdwn", text: `${emoji} *${words}*\n${where}` } },
      ...(notice.summary === "" ? [] : [{ type: "section", text: { type: "mrkdwn", text: quiet(notice.summary, 1_500) } }]),
      ...(attempt.length === 0 ? [] : [{ type: "context", elements: attempt.map((text) => ({ type: "mrkdwn", text })) }]),
      ...(buttons.length === 0 ? [] : [{ type: "actions", elements: buttons }]),
    ],
  }
}
