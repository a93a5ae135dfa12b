import type { Match } from "@ci-fix-pilot/contract/values"

/** Patches stay below this together (bytes of JSON), so that the answer, and the command that carries it on, fit the bus. */
export const patchBudget = 120_000

/** The best matches keep their patches; one that does not fit any more travels without. */
export const withinBudget = (matches: ReadonlyArray<Match>, budget = patchBudget): ReadonlyArray<Match> => {
  let left = budget
  return matches.map((match) => {
    const bytes = match.patch === undefined ? 0 : Buffer.byteLength(JSON.stringify(match.patch))
    if (bytes <= left) {
      left -= bytes
      return match
    }
    const { patch: _, ...rest } = match
    return rest
  })
}
