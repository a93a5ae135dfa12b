import { redactText } from "@ci-fix-pilot/failure/redact"

/** Controls, direction marks, tags, separators, what is not assigned, and letters that look like nothing. */
const unseen = /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Zl}\p{Zp}\u115f\u1160\u2800\u3164\uffa0\s]+/gu
/** More than two marks on one letter are there to cover the lines around it. */
const piledUp = /(\p{M}{2})\p{M}+/gu
const wordJoiner = "\u2060"

/**
 * Text that anybody may have written (a log, a branch, a commit, a model), as one line that says what it says and does nothing: no
 * secret, no mention, no link, nothing invisible; at most `max` characters. For `plain_text`, where Slack reads no markup.
 */
export const quiet = (text: string, max: number): string => {
  const line = redactText(text.toWellFormed()).replaceAll(unseen, " ").replaceAll(piledUp, "$1").trim()
  const defused = line
    .replaceAll(/@(?=\w)/gu, `@${wordJoiner}`)
    .replaceAll(/<(?=\S)/gu, `<${wordJoiner}`)
    .replaceAll("://", `:${wordJoiner}//`)
  return defused.length <= max
    ? defused
    : `${defused
        .slice(0, max - 1)
        .toWellFormed()
        .replace(/\ufffd$/u, "")}…`
}

/** Slack's three control characters, for a message's own `text` (https://docs.slack.dev/messaging/formatting-message-text). */
export const escapeText = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
