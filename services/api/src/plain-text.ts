import { cleanText } from "@ci-fix-pilot/failure/clean"
import { redactText } from "@ci-fix-pilot/failure/redact"

/** As people typed it, without secrets and hidden text, and no longer than so many characters. */
export const plain = (text: string, max: number): string => cleanText(redactText(text)).slice(0, max).toWellFormed()
