/** Bugs planted into the rules, one at a time: the invariants must find each of them, or they guard nothing. */
import type { RunEvent } from "@ci-fix-pilot/contract/run-events"
import { decide } from "./decide.ts"
import type { Policy } from "./policy.ts"
import { react } from "./react.ts"
import { isStop, type Run } from "./run.ts"
import type { Rules } from "./step.ts"

type Input = Parameters<typeof decide>[1]
type Entries = ReadonlyArray<RunEvent>
type Bend = (entries: Entries, run: Run | undefined, input: Input) => Entries

const deciding = (bend: Bend): Rules => ({
  react,
  decide: (run, input, facts, policy) => bend(decide(run, input, facts, policy), run, input),
})
const believing = (change: Partial<Policy>): Rules => ({
  react,
  decide: (run, input, facts, policy) => decide(run, input, facts, { ...policy, ...change }),
})
const eventOf = (input: Input) => (input.kind === "event" ? input.event : undefined)
const delivery = (run: Run | undefined): RunEvent => ({ type: "delivery-started", data: { attempt: run?.attempts.length ?? 0 } })

/** Lets a validated fix out whatever its proof says. */
const trusting: Bend = (entries, run, input) => {
  const event = eventOf(input)
  if (event?.type !== "fix-validated" || run?.phase !== "validating" || entries.some(({ type }) => type === "fix-validated")) return entries
  return [{ type: "fix-validated", data: { attempt: run.attempts.length, proof: event.data.proof } }, delivery(run)]
}

/** Lets a fix out by itself whose tries went without something, where nothing else is doubted. */
const content: Bend = (entries, run) =>
  entries.map((entry) =>
    entry.type === "approval-requested" && entry.data.reasons.every((reason) => reason.startsWith("the proof went without"))
      ? delivery(run)
      : entry,
  )

const unbounded: Bend = (entries, run) =>
  entries.flatMap((entry) =>
    entry.type === "escalated" && run?.phase === "validating"
      ? [{ type: "attempt-started", data: { attempt: run.attempts.length + 1, of: 3, strategy: "revert" } } satisfies RunEvent]
      : [entry],
  )

const stubborn: Bend = (entries, run, input) => {
  const proposal = run?.attempts[0]?.proposal
  const event = eventOf(input)
  if (proposal === undefined || event?.type !== "fix-proposed" || run?.attempts[0]?.outcome !== "rejected") return entries
  return entries.map((entry) => (entry.type === "fix-proposed" ? { ...entry, data: { ...entry.data, proposal } } : entry))
}

/** Each with what the invariants must say of it: that something is found is not enough, as another bug may be what was found. */
export const brokenRules: Readonly<Record<string, { readonly says: string; readonly rules: Rules }>> = {
  "the proof is not read": { says: "I13: it was not green after", rules: deciding(trusting) },
  "a moved branch is healed all the same": {
    says: "I3: a fix left for a branch that had moved",
    rules: deciding((entries, run) => (run?.phase === "fetching" ? entries.filter(({ type }) => type !== "skipped") : entries)),
  },
  "approval is asked for and not awaited": {
    says: "I3: a fix that waited for approval left without it",
    rules: deciding((entries, run) => entries.flatMap((entry) => (entry.type === "approval-requested" ? [entry, delivery(run)] : [entry]))),
  },
  "nothing is undone when a run ends": {
    says: "I3: the run is aborted and its pull request is still open",
    rules: {
      decide,
      react: (...args) => react(...args).filter(({ type }) => type !== "github.close-pull-request"),
    },
  },
  "a merge is the end of it, whoever owns the branch": {
    says: "I3: its pull request is merged, and the branch is still there",
    rules: {
      decide,
      react: (runId, run, event, policy) =>
        react(runId, run, event, policy).filter(({ type }) => type !== "github.close-pull-request" || event.type !== "resolved"),
    },
  },
  "a reviewer may abort what has ended": {
    says: "I2: aborted led from escalated to aborted",
    rules: deciding((entries, run, input) =>
      run !== undefined && isStop(run.phase) && eventOf(input)?.type === "review-given"
        ? [{ type: "aborted", data: { by: "grace" } }]
        : entries,
    ),
  },
  "attempts have no end": { says: "I7: attempt 4 of 3", rules: deciding(unbounded) },
  "every attempt is called the first": {
    says: "I8: attempt 1 came as number 2",
    rules: deciding((entries) =>
      entries.map((entry) => (entry.type === "attempt-started" ? { ...entry, data: { ...entry.data, attempt: 1 } } : entry)),
    ),
  },
  "a rejected patch is tried again": { says: "I8: a rejected patch was tried again", rules: deciding(stubborn) },
  "deadlines pass unnoticed": {
    says: "I2: the run never stopped: awaiting-approval",
    rules: deciding((entries, _, input) => (input.kind === "deadline-passed" ? [] : entries)),
  },
  "a pull request is adopted in any phase": {
    says: "I2: pull-request-opened led from escalated to fixed",
    rules: deciding((entries, run, input) => {
      const event = eventOf(input)
      return run !== undefined && event?.type === "pull-request-opened" ? [event] : entries
    }),
  },
  "the same failure begins the run again": {
    says: "I4: a run began twice",
    rules: deciding((entries, run, input) => {
      const event = eventOf(input)
      return run !== undefined && event?.type === "ci-failed" ? [event] : entries
    }),
  },
  "a late validation wakes a run that has ended": {
    says: "I2: delivery-started led from escalated to delivering",
    rules: deciding((entries, run, input) => {
      const event = eventOf(input)
      return run !== undefined && isStop(run.phase) && event?.type === "fix-validated" ? [delivery(run)] : entries
    }),
  },
  "doubts are nobody's business": { says: "I3: a fix that a person must see left by itself", rules: believing({ safeMode: false }) },
  "a proof is as good without what could not be installed": {
    says: "I3: a fix that a person must see left by itself",
    rules: deciding(content),
  },
  "a house that approves everything itself is not asked": {
    says: "I3: a fix that a person must see left by itself",
    rules: believing({ delivery: "pull-request" }),
  },
  "a switch that is off is not looked at": { says: "I3: a fix left where none may leave", rules: believing({ githubEnabled: true }) },
  "money has no end": { says: "I7: a model was asked with", rules: believing({ maxCostUsd: 1e9 }) },
}
