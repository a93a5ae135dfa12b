import type { Match } from "@ci-fix-pilot/contract/values"

/** A memory as it was found. `likeness` (0 to 1) is unknown where another model embedded it. */
export interface Candidate extends Omit<Match, "score" | "why"> {
  readonly likeness: number | undefined
  /** Of this very signature. */
  readonly same: boolean
  /** Of this repository. */
  readonly here: boolean
  /** Why its fix was rejected. */
  readonly rejectedBecause: string | undefined
}

/** Two logs that are less alike share no more than the words that all logs share. */
const leastLikeness = 0.3
/** For memories of this signature whose text cannot be compared. */
const unknownLikeness = 0.5

const outcomeOrder = { merged: 0, validated: 1, rejected: 2 } as const
const outcomeWords = {
  merged: "its fix was merged",
  validated: "its fix was proven, not merged yet",
  rejected: "its fix was rejected, not to be repeated",
} as const

const likenessOf = ({ likeness }: Candidate) => Math.max(0, Math.min(1, likeness ?? unknownLikeness))

/** Of this failure before others, of this repository before others; then what people took, or what is nearer; newest first as they came. */
const before = (branch: string) => (a: Candidate, b: Candidate) => {
  const byOutcome = outcomeOrder[a.outcome] - outcomeOrder[b.outcome]
  const byLikeness = likenessOf(b) - likenessOf(a)
  return (
    Number(b.same) - Number(a.same) ||
    Number(b.here) - Number(a.here) ||
    (a.same ? byOutcome || Number(b.branch === branch) - Number(a.branch === branch) || byLikeness : byLikeness || byOutcome)
  )
}

/** The best `limit` memories: each patch once per outcome, nothing that is hardly alike, and warnings never more than half of it. */
export const pickMatches = (found: ReadonlyArray<Candidate>, branch: string, limit: number): ReadonlyArray<Match> => {
  const seen = new Set<string>()
  let warnings = Math.max(1, Math.floor(limit / 2))
  return found
    .filter((candidate) => candidate.same || likenessOf(candidate) >= leastLikeness)
    .toSorted(before(branch))
    .filter(({ outcome, patch, memoryId }) => {
      const key = `${outcome} ${patch?.sha256 ?? memoryId}`
      if (seen.has(key)) return false
      seen.add(key)
      if (outcome === "rejected") warnings -= 1
      return outcome !== "rejected" || warnings >= 0
    })
    .slice(0, limit)
    .map((candidate) => toMatch(candidate, branch))
}

const toMatch = (candidate: Candidate, branch: string): Match => {
  const { likeness: _likeness, same, here, rejectedBecause, ...match } = candidate
  const likeness = likenessOf(candidate)
  const score = same ? 0.7 + 0.3 * likeness : 0.7 * likeness
  const how = same ? "the same failure" : `${Math.round(likeness * 100)} % alike`
  const where = here ? `in this repository${match.branch === branch ? " on this branch" : ""}` : `in ${match.repository}`
  const because = match.outcome === "rejected" && rejectedBecause !== undefined ? `: ${rejectedBecause}` : ""
  return {
    ...match,
    score: Math.round(score * 1_000) / 1_000,
    why: `${how} ${where}; ${outcomeWords[match.outcome]}${because}`.slice(0, 300).toWellFormed(),
  }
}
