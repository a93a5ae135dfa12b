import type { RunEvent } from "@ci-fix-pilot/contract/run-events"
import { type Policy, roundingUsd } from "./policy.ts"
import { evolve, isStop, type Phase, type Run } from "./run.ts"

/** A ledger entry as a judge reads it. */
export type Entry = { readonly seq: number } & RunEvent
/** A pull request as the outside world has it. */
export interface OutsidePullRequest {
  readonly branch: string
  readonly state: "open" | "merged" | "closed"
  readonly patchSha256?: string
  /** Its branch is still there. */
  readonly branchLeft?: boolean
}
/** What is wrong, by the invariant's name (docs/operating.md lists them). */
export interface Violation {
  readonly invariant: "I2" | "I3" | "I4" | "I7" | "I8" | "I13"
  readonly why: string
}

type Check = (entries: ReadonlyArray<Entry>, states: ReadonlyArray<Run>) => ReadonlyArray<Violation>

const violation = (invariant: Violation["invariant"], why: string): Violation => ({ invariant, why })

const leaves: Readonly<Record<string, ReadonlyArray<Phase>>> = { fixed: ["resolved", "escalated"] }

const stopsAreFinal: Check = (entries, states) =>
  states.flatMap((state, index) => {
    const before = states[index - 1]
    if (
      before === undefined ||
      !isStop(before.phase) ||
      before.phase === state.phase ||
      leaves[before.phase]?.includes(state.phase) === true
    )
      return []
    return [violation("I2", `${entries[index]?.type} led from ${before.phase} to ${state.phase}`)]
  })

const gapless: Check = (entries) => [
  ...entries.flatMap((entry, index) => (entry.seq === index + 1 ? [] : [violation("I4", `entry ${index + 1} has seq ${entry.seq}`)])),
  ...(entries[0]?.type === "ci-failed" ? [] : [violation("I4", `a ledger began with ${entries[0]?.type}`)]),
  ...entries.slice(1).flatMap((entry) => (entry.type === "ci-failed" ? [violation("I4", "a run began twice")] : [])),
]

const onePullRequest: Check = (entries) =>
  entries.filter(({ type }) => type === "pull-request-opened").length > 1 ? [violation("I3", "two pull requests were opened")] : []

/** Everything that left the house went through the gate, and through a person where one was asked. */
const provenOnly: Check = (entries, states) =>
  entries.flatMap((entry, index) => {
    if (entry.type !== "delivery-started") return []
    const attempt = states[index]?.attempts.at(-1)
    const { proof, proposal } = attempt ?? {}
    const problems: Array<Violation> = []
    if (proof === undefined || proposal === undefined) problems.push(violation("I3", "delivery began without a proof"))
    else {
      if (proof.patchSha256 !== proposal.patch.sha256) problems.push(violation("I3", "the proof is of another patch"))
      if (proof.commitSha !== states[index]?.target.commitSha) problems.push(violation("I3", "the proof is of another commit"))
      if (proof.before.exitCode === 0 && !proof.before.timedOut) problems.push(violation("I13", "it was not red before"))
      if (proof.after.length === 0 || proof.after.some(({ exitCode, timedOut }) => exitCode !== 0 || timedOut))
        problems.push(violation("I13", "it was not green after"))
    }
    const asked = entries.slice(0, index).some(({ type }) => type === "approval-requested")
    const approved = entries.slice(0, index).some((earlier) => earlier.type === "review-given" && earlier.data.action === "approve")
    if (asked && !approved) problems.push(violation("I3", "a fix that waited for approval left without it"))
    return problems
  })

/** Judges by the bounds that hold in this house, not by what the decider said of them. */
const asTheHouseSays =
  (policy: Policy): Check =>
  (entries, states) =>
    entries.flatMap((entry, index) => {
      const state = states[index]
      if (state === undefined) return []
      const gone = state.costUsd + (state.heldUsd ?? 0)
      if (entry.type === "attempt-started" && entry.data.strategy === "model" && gone + policy.maxCallUsd > policy.maxCostUsd + roundingUsd)
        return [violation("I7", `a model was asked with ${gone} of ${policy.maxCostUsd} dollars spent or held`)]
      if (entry.type === "attempt-started" && entry.data.attempt > policy.maxAttempts)
        return [violation("I7", `attempt ${entry.data.attempt} of ${policy.maxAttempts}`)]
      if (entry.type !== "delivery-started") return []
      if (!policy.githubEnabled || policy.delivery === "shadow" || state.target.provider !== "github")
        return [violation("I3", "a fix left where none may leave")]
      const { proof, proposal } = state.attempts.at(-1) ?? {}
      const large = proposal !== undefined && proposal.patch.added + proposal.patch.removed > policy.largeDiffLines
      const known = state.failure?.fork === false && state.failure.author.trusted
      const doubtful = !known || large || (proof?.findings.length ?? 0) > 0
      const approved = entries.slice(0, index).some((earlier) => earlier.type === "review-given" && earlier.data.action === "approve")
      const incomplete = (proof?.sandbox.notInstalled?.length ?? 0) > 0
      return (policy.delivery === "approval" || incomplete || (policy.safeMode && doubtful)) && !approved
        ? [violation("I3", "a fix that a person must see left by itself")]
        : []
    })

const fetchedHeadMoved: Check = (entries) => {
  const fetched = entries.find((entry) => entry.type === "failure-fetched")
  const moved = fetched?.type === "failure-fetched" && fetched.data.headMoved
  return moved && entries.some(({ type }) => type === "delivery-started") ? [violation("I3", "a fix left for a branch that had moved")] : []
}

const boundedAttempts: Check = (entries) => {
  const started = entries.filter((entry) => entry.type === "attempt-started")
  const problems = started.flatMap((entry, index) =>
    entry.data.attempt !== index + 1
      ? [violation("I8", `attempt ${entry.data.attempt} came as number ${index + 1}`)]
      : entry.data.attempt > entry.data.of
        ? [violation("I7", `attempt ${entry.data.attempt} of ${entry.data.of}`)]
        : [],
  )
  const rejected = new Set<string>()
  let current: string | undefined
  for (const entry of entries) {
    if (entry.type === "fix-proposed") {
      current = entry.data.proposal.patch.sha256
      if (rejected.has(current)) problems.push(violation("I8", "a rejected patch was tried again"))
    }
    if (entry.type === "fix-rejected" && current !== undefined) rejected.add(current)
  }
  return problems
}

const checks: ReadonlyArray<Check> = [stopsAreFinal, gapless, onePullRequest, provenOnly, fetchedHeadMoved, boundedAttempts]

/** Judges one run's ledger, and by the house's own bounds where they are known; empty means that nothing is wrong with it. */
export const judge = (entries: ReadonlyArray<Entry>, policy?: Policy): ReadonlyArray<Violation> => {
  const states: Array<Run> = []
  for (const entry of entries) {
    try {
      states.push(evolve(states.at(-1), entry))
    } catch (error) {
      return [violation("I4", String(error))]
    }
  }
  const all = policy === undefined ? checks : [...checks, asTheHouseSays(policy)]
  return all.flatMap((check) => check(entries, states))
}

/** Judges a run that should be over: it has stopped, and the outside world agrees with it. `limitUsd` is the run's budget. */
export const judgeEnd = (
  entries: ReadonlyArray<Entry>,
  outside: ReadonlyArray<OutsidePullRequest>,
  limitUsd: number,
): ReadonlyArray<Violation> => {
  const run = entries.reduce<Run | undefined>(evolve, undefined)
  if (run === undefined) return [violation("I4", "the ledger is empty")]
  const problems: Array<Violation> = []
  const open = outside.filter(({ state }) => state === "open")
  if (!isStop(run.phase)) problems.push(violation("I2", `the run never stopped: ${run.phase}`))
  if (outside.length > 1) problems.push(violation("I3", `${outside.length} pull requests were opened`))
  if (open.length > 0 && run.phase !== "fixed") problems.push(violation("I3", `the run is ${run.phase} and its pull request is still open`))
  if (run.phase === "resolved" && outside.some(({ state, branchLeft }) => state === "merged" && branchLeft === true))
    problems.push(violation("I3", "its pull request is merged, and the branch is still there"))
  const proven = run.attempts.find(({ outcome }) => outcome === "validated")?.proposal?.patch.sha256
  if (outside.some(({ patchSha256 }) => patchSha256 !== undefined && patchSha256 !== proven))
    problems.push(violation("I3", "a pull request holds another patch than the proven one"))
  if (run.costUsd > limitUsd + roundingUsd) problems.push(violation("I7", `${run.costUsd} of ${limitUsd} dollars were spent`))
  return problems
}
