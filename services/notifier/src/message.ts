import type { CommandData } from "@ci-fix-pilot/contract/commands"
import { isWebLink } from "@ci-fix-pilot/contract/web-link"
import type { ActionsBlock, Button, ContextBlock, HeaderBlock, PlainTextElement, SectionBlock } from "@slack/types"
import { escapeText, quiet } from "./quiet.ts"

export type Notice = CommandData<"notifier.notify">

/** A Slack message: the text for notifications and screen readers, and the blocks that are shown. */
export interface Message {
  readonly text: string
  readonly mrkdwn: false
  readonly unfurl_links: false
  readonly unfurl_media: false
  readonly blocks: ReadonlyArray<HeaderBlock | SectionBlock | ContextBlock | ActionsBlock>
}

const headlines: Readonly<Record<Notice["kind"], readonly [emoji: string, words: string]>> = {
  "failure-queued": ["🔴", "CI failed, healing is queued"],
  "attempt-started": ["🔧", "Trying a fix"],
  "attempt-retried": ["🔁", "Trying another fix"],
  "approval-requested": ["✋", "Your approval is needed"],
  "run-fixed": ["✅", "A person fixed it"],
  "run-escalated": ["🚨", "A person is needed"],
  "run-flaky": ["🎲", "Flaky, nothing to fix"],
  "pull-request-opened": ["✅", "Fixed and proven: a pull request is open"],
  "pull-request-merged": ["🎉", "The fix was merged"],
  "pull-request-closed": ["🚪", "The fix was closed without merging"],
  "pull-request-skipped": ["⏭️", "Skipped: nothing to deliver any more"],
}

const strategies: Readonly<Record<NonNullable<Notice["strategy"]>, string>> = {
  replay: "a fix that helped before",
  model: "a fix that the model wrote",
  revert: "undoing the part of the change that broke it",
}

/** What a person would ask next about the tries, said where it is known. */
const attemptOf = ({ kind, attempt, maxAttempts, strategy }: Notice): string | undefined => {
  if (attempt === undefined) return undefined
  const which = `${attempt}${maxAttempts === undefined ? "" : ` of ${maxAttempts}`}`
  const how = strategy === undefined ? "" : `: ${strategies[strategy]}`
  if (kind === "run-escalated" || kind === "run-fixed" || kind === "run-flaky") return `After attempt ${which}`
  return `Attempt ${which}${how}`
}

/** Plain text never holds markup; where it comes from does not matter then. */
const plain = (text: string): PlainTextElement => ({ type: "plain_text", text, emoji: false })

const isLink = (url: string | undefined): url is string => url !== undefined && isWebLink(url)

const button = (label: string, url: string, style?: Button["style"]): Button => ({
  type: "button",
  text: plain(label),
  url,
  ...(style === undefined ? {} : { style }),
})

const buttonsOf = ({ kind, pullRequestUrl, runUrl }: Notice): ReadonlyArray<Button> => [
  ...(isLink(pullRequestUrl) ? [button("Open the pull request", pullRequestUrl)] : []),
  ...(isLink(runUrl) ? [kind === "approval-requested" ? button("Approve or deny", runUrl, "primary") : button("See the run", runUrl)] : []),
]

/** The message for a notice, in Block Kit. Everything that came from a repository, a log or a model is text and nothing else. */
export const messageOf = (notice: Notice): Message => {
  const [emoji, words] = headlines[notice.kind]
  const repository = quiet(notice.target.repository, 200)
  const branch = quiet(notice.target.branch, 150)
  const attempt = attemptOf(notice)
  // The attempt's own line says it better.
  const isAttempt = attempt !== undefined && (notice.kind === "attempt-started" || notice.kind === "attempt-retried")
  const summary = isAttempt ? "" : quiet(notice.summary, 1_500)
  const tail = isAttempt ? attempt : quiet(notice.summary, 200)
  const buttons = buttonsOf(notice)
  return {
    text: escapeText(`${emoji} ${repository} (${branch}): ${words}${tail === "" ? "" : `. ${tail}`}`),
    mrkdwn: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: "header", text: { ...plain(`${emoji} ${words}`), emoji: true } },
      { type: "section", text: plain(`${repository} · ${branch} · ${notice.target.commitSha.slice(0, 8)}`) },
      ...(summary === "" ? [] : [{ type: "section" as const, text: plain(summary) }]),
      ...(attempt === undefined ? [] : [{ type: "context" as const, elements: [plain(attempt)] }]),
      ...(buttons.length === 0 ? [] : [{ type: "actions" as const, elements: [...buttons] }]),
    ],
  }
}
