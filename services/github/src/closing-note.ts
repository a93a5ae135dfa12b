import { redactText } from "@ci-fix-pilot/failure/redact"
import { prose } from "./markdown.ts"

const marker = "<!-- ci-fix-pilot: closed -->"

/** GitHub takes no longer text (characters). */
const most = 65_536

/** A pull request's text with the reason for closing it on top; doing it twice changes nothing more. */
export const closingNote = (body: string, reason: string): string =>
  body.startsWith(marker)
    ? body
    : `${marker}\n> **Closed by ci-fix-pilot:** ${prose(redactText(reason), 500)}\n\n${body}`.slice(0, most).toWellFormed()
