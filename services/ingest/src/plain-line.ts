import { cleanLine } from "@ci-fix-pilot/failure/clean"
import { redactText } from "@ci-fix-pilot/failure/redact"

/** Text from outside as one line to show: no secrets, nothing hidden, at most `max` characters. */
export const plainLine = (text: string, max: number): string =>
  cleanLine(redactText(text.slice(0, max * 4).replaceAll(/[\r\n]+/gu, " ")))
    .slice(0, max)
    .toWellFormed()
