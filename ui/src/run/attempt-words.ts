import type { Proposal, Strategy } from "@ci-fix-pilot/contract/values"
import type { Attempt } from "@ci-fix-pilot/lifecycle/run"
import { counted, shortSha } from "../parts/format.ts"
import type { Tone } from "../parts/status-words.ts"

/** How an attempt ended, in words and tone. */
export const outcomeWords: Readonly<Record<Attempt["outcome"], { readonly word: string; readonly tone: Tone }>> = {
  open: { word: "in progress", tone: "busy" },
  validated: { word: "proven", tone: "good" },
  rejected: { word: "rejected", tone: "bad" },
  declined: { word: "no fix this way", tone: "bad" },
  unavailable: { word: "could not be verified", tone: "bad" },
}

/** What a strategy does, for who has never heard of it; with the numbers of this proposal where it has some. */
export const strategyStory = (strategy: Strategy, proposal: Proposal | undefined): string => {
  if (strategy === "replay") return "A fix that a person merged for the same failure is tried again; it must be proven anew on this commit."
  if (strategy === "model") return "A language model suggests a patch. It holds no rights here: what counts is the proof."
  const culprit = proposal?.culprit
  if (culprit === undefined)
    return "Searches for the smallest part of the change without which the build is green again, and undoes only that."
  const { goodCommit, hunks, reverted, sandboxRuns } = culprit
  const since = `Since ${shortSha(goodCommit)}, which was green,`
  if (hunks === 1) return `${since} one place changed; it is undone.`
  const found = `${since} ${counted(hunks, "place")} changed. ${counted(sandboxRuns, "run")} in the sandbox found`
  if (reverted === hunks) return `${found} that all of them are to be undone.`
  return `${found} the ${reverted === 1 ? "one" : reverted} to undo; everything else stays.`
}
