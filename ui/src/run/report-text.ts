import type { Report } from "@ci-fix-pilot/contract/values"
import type { Evidence } from "./evidence.ts"
import type { Tried } from "./what-was-tried.ts"

interface Material {
  readonly report: Report
  readonly tried: ReadonlyArray<Tried>
  readonly evidence: ReadonlyArray<Evidence>
  /** Where the run is seen. */
  readonly link: string
}

const part = (title: string, lines: ReadonlyArray<string>, between: string): string =>
  lines.length === 0 ? "" : `${title}:\n${lines.join(between)}`

/** The report as plain text, to be pasted into an issue or a message. */
export const reportText = ({ report, tried, evidence, link }: Material): string =>
  [
    report.reason,
    `What to do next: ${report.nextStep}`,
    `What failed: ${report.failed}`,
    part(
      "What was tried",
      tried.map(({ which, became }) => `${which}: ${became}`),
      "\n",
    ),
    part(
      "Evidence",
      evidence.map(({ text, from }) => (from === undefined ? text : `${from}:\n${text}`)),
      "\n\n",
    ),
    link,
  ]
    .filter((text) => text !== "")
    .join("\n\n")
