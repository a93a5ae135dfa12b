import type { ChecksConclusion } from "./GitHub.ts"

const good = new Set(["success", "neutral", "skipped"])

/**
 * Check runs and the combined commit status (undefined when there is none) as one word. One that waits, or that a person must
 * start, keeps the whole pending; nothing at all is pending too, since nobody said that it is well, and so are those beyond the runs
 * that were seen, if there are more (`all`).
 */
export const conclusionOf = (
  runs: ReadonlyArray<{ readonly status: string; readonly conclusion?: string | null }>,
  status: string | undefined,
  all: number = runs.length,
): ChecksConclusion => {
  const words = runs.map((run) => (run.status === "completed" ? (run.conclusion ?? "pending") : "pending"))
  const seen = [...words, ...(status === undefined ? [] : [status])].map((word) => (word === "action_required" ? "pending" : word))
  if (seen.some((word) => word !== "pending" && !good.has(word))) return "failure"
  return seen.length === 0 || runs.length < all || seen.includes("pending") ? "pending" : "success"
}
