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

export const brokenRules: Readonly<Record<string, Rules>> = {
  "the proof is not read": deciding(trusting),
  "a moved branch is healed all the same": deciding((entries, run) =>
    run?.phase === "fetching" ? entries.filter(({ type }) => type !== "skipped") : entries,
  ),
  "approval is asked for and not awaited": deciding((entries, run) =>
    entries.flatMap((entry) => (entry.type === "approval-requested" ? [entry, delivery(run)] : [entry])),
  ),
  "nothing is undone when a run ends": {
    decide,
    react: (...args) => react(...args).filter(({ type }) => type !== "github.close-pull-request"),
  },
  "a reviewer may abort what has ended": deciding((entries, run, input) =>
    run !== undefined && isStop(run.phase) && eventOf(input)?.type === "review-given"
      ? [{ type: "aborted", data: { by: "grace" } }]
      : entries,
  ),
  "attempts have no end": deciding(unbounded),
  "every attempt is called the first": deciding((entries) =>
    entries.map((entry) => (entry.type === "attempt-started" ? { ...entry, data: { ...entry.data, attempt: 1 } } : entry)),
  ),
  "a rejected patch is tried again": deciding(stubborn),
  "deadlines pass unnoticed": deciding((entries, _, input) => (input.kind === "deadline-passed" ? [] : entries)),
  "a pull request is adopted in any phase": deciding((entries, run, input) => {
    const event = eventOf(input)
    return run !== undefined && event?.type === "pull-request-opened" ? [event] : entries
  }),
  "the same failure begins the run again": deciding((entries, run, input) => {
    const event = eventOf(input)
    return run !== undefined && event?.type === "ci-failed" ? [event] : entries
  }),
  "a late validation wakes a run that has ended": deciding((entries, run, input) => {
    const event = eventOf(input)
    return run !== undefined && isStop(run.phase) && event?.type === "fix-validated" ? [delivery(run)] : entries
  }),
  "doubts are nobody's business": believing({ safeMode: false }),
  "a proof is as good without what could not be installed": deciding(content),
  "a house that approves everything itself is not asked": believing({ delivery: "pull-request" }),
  "a switch that is off is not looked at": believing({ githubEnabled: true }),
  "money has no end": believing({ maxCostUsd: 1e9 }),
}
