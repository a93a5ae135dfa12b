import type { Status } from "@ci-fix-pilot/contract/run-view"

/** What each status means, in one sentence for who has never seen the word. */
export const statusMeanings: Readonly<Record<Status, string>> = {
  queued: "The failure has arrived; healing begins in a moment.",
  running: "The failure is being healed.",
  fixed: "A proven fix is offered in an open pull request.",
  resolved: "The fix is merged, or a person fixed it.",
  escalated: "No fix could be delivered; a person has the evidence.",
  aborted: "A person stopped it.",
  skipped: "Nothing to do: the branch has moved on, or another run heals the same failure.",
  flaky: "The failure does not come back when run again.",
}
