import type { ChecksConclusion } from "./GitHub.ts"

const good = new Set(["success", "neutral", "skipped"])

/**
 * Check runs and the combined commit status (undefined when there is none) as one word. One that waits, or that a person must
 * start, keeps the whole pending; nothing at all is pending too, since nobody said that it is well.
 */
export const conclusionOf = (
  runs: ReadonlyArray<{ readonly status: string; readonly conclusion?: string | null }>,
  status: string | undefined,
): ChecksConclusion => {
  const words = runs.map((run) => (run.status === "completed" ? (run.conclusion ?? "pending") : "pending"))
  const all = [...words, ...(status === undefined ? [] : [status])].map((word) => (word === "action_required" ? "pending" : word))
  if (all.some((word) => word !== "pending" && !good.has(word))) return "failure"
  return all.length === 0 || all.includes("pending") ? "pending" : "success"
}
