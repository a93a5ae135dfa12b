import type { Service } from "@ci-fix-pilot/contract/ids"

/** What each service is there for, and what its silence means for the runs. */
export const roles: Record<Service, { readonly does: string; readonly silence: string }> = {
  ingest: { does: "Takes what CI reports", silence: "new failures cannot be reported; CI has to send them again once it is back" },
  planner: {
    does: "Decides what comes next",
    silence: "no run moves on; what arrives is kept and applied when it is back, nothing is lost",
  },
  ai: { does: "Diagnoses, asks models for fixes", silence: "diagnoses and proposals wait, nothing is lost" },
  memory: { does: "Remembers fixes that worked", silence: "recalls wait, nothing is lost" },
  validator: { does: "Reproduces and proves in sandboxes", silence: "reproductions and proofs wait, nothing is lost" },
  github: { does: "Fetches logs, opens pull requests", silence: "logs and pull requests wait, nothing is lost" },
  notifier: { does: "Tells people in Slack", silence: "messages wait, no run waits for them" },
  api: { does: "Serves this page and takes decisions", silence: "it serves this page, but cannot be asked through the broker" },
}
