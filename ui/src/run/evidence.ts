import type { Report } from "@ci-fix-pilot/contract/values"
import type { Run } from "@ci-fix-pilot/lifecycle/run"

/** A piece of evidence and where it comes from; a sentence says that itself. */
export interface Evidence {
  readonly text: string
  readonly from: string | undefined
}

/** A report holds the beginning of what is long. */
const isOf = (text: string, whole: string | undefined): boolean => whole?.startsWith(text.replace(/…$/u, "")) === true

const fromOf = (text: string, run: Run): string | undefined => {
  const sandbox = run.reproduction?.digest.text
  if (isOf(text, sandbox)) return "What the sandbox said"
  if (isOf(text, run.failure?.digest.text)) return "What CI said"
  if (isOf(text, run.diagnosis?.firstError))
    return sandbox === undefined ? "The first error in what CI said" : "The first error in what the sandbox said"
  return text.includes("\n") ? "What is known of the failure" : undefined
}

/** The evidence of a report, each piece once: what another piece holds already is left out. */
export const evidenceOf = ({ evidence }: Report, run: Run): ReadonlyArray<Evidence> =>
  evidence
    .filter((text, n) => !evidence.some((other, m) => m !== n && other.includes(text.trim()) && (other !== text || m < n)))
    .map((text) => ({ text, from: fromOf(text, run) }))
