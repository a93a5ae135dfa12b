import type { Report } from "@ci-fix-pilot/contract/values"
import { strategyTitles } from "./attempt-words.ts"

/** The report as plain text, to be pasted into an issue or a message. */
export const reportText = ({ reason, failed, tried, evidence, nextStep }: Report, link: string): string =>
  [
    reason,
    `What to do next: ${nextStep}`,
    `What failed: ${failed}`,
    tried.length === 0
      ? ""
      : `What was tried:\n${tried.map((one) => `${one.attempt}. ${strategyTitles[one.strategy]}: ${one.why}`).join("\n")}`,
    evidence.length === 0 ? "" : `Evidence:\n${evidence.join("\n\n")}`,
    link,
  ]
    .filter((part) => part !== "")
    .join("\n\n")
