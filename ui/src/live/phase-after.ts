import { evolve, type Phase, type Run } from "@ci-fix-pilot/lifecycle/run"
import type { LiveEntry } from "./follow.ts"

const target = { provider: "generic", repository: "", branch: "", commitSha: "" } as const
/** A run of which nothing is known. */
const unknown: Run = evolve(undefined, { type: "ci-failed", data: { target, title: "" } })

/** What an entry makes of a run. A server newer than this page may tell facts that the page does not know: they change nothing here. */
export const evolveKnown = (run: Run, entry: LiveEntry): Run => {
  const next: Run | undefined = evolve(run, entry)
  return next ?? run
}

/** The phase in which an entry leaves its run, whatever it was before; undefined for entries that leave it where it is. */
export const phaseAfter = (entry: LiveEntry): Phase | undefined => {
  if (entry.type === "ci-failed") return "queued"
  const { phase } = evolveKnown(unknown, entry)
  return phase === "queued" ? undefined : phase
}
