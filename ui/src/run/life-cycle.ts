import type { Strategy } from "@ci-fix-pilot/contract/values"
import { evolve, isStop, type Phase, type Run } from "@ci-fix-pilot/lifecycle/run"
import type { LiveEntry } from "../live/follow.ts"
import type { Tone } from "../parts/status-words.ts"

/** A state that the run passed, is in, or may come to. Times are instants; `to` is open while the run is there. */
export interface Step {
  readonly key: string
  readonly phase: Phase
  readonly word: string
  readonly tone: Tone
  readonly state: "passed" | "now" | "end" | "ahead"
  readonly from?: string
  readonly to?: string
  readonly attempt?: { readonly n: number; readonly strategy: Strategy }
}

/** What is done in each state, in one or two words. */
export const phaseWords: Readonly<Record<Phase, string>> = {
  queued: "Queued",
  fetching: "Read the log",
  reproducing: "Reproduce",
  diagnosing: "Diagnose",
  recalling: "Recall",
  proposing: "Find a fix",
  validating: "Prove it",
  "awaiting-approval": "Approval",
  delivering: "Deliver",
  fixed: "Fixed",
  resolved: "Resolved",
  escalated: "Escalated",
  aborted: "Aborted",
  skipped: "Skipped",
  flaky: "Flaky",
}

const ends: Partial<Record<Phase, Tone>> = { fixed: "good", resolved: "good", escalated: "bad", "awaiting-approval": "wait" }
const hoped: ReadonlyArray<Phase> = [
  ...(["queued", "fetching", "reproducing", "diagnosing", "recalling"] as const),
  ...(["proposing", "validating", "delivering", "fixed"] as const),
]

type Passed = Omit<Step, "state" | "tone" | "to"> & { readonly from: string }

const passedOf = (entries: ReadonlyArray<LiveEntry>): ReadonlyArray<Passed> => {
  let run: Run | undefined
  const passed: Array<Passed> = []
  for (const entry of entries) {
    const before = run
    run = evolve(run, entry)
    if (before?.phase === run.phase && entry.type !== "attempt-started") continue
    const attempt = run.attempts.at(-1)
    const inAttempt = run.phase === "proposing" || run.phase === "validating"
    passed.push({
      key: `${run.phase}-${entry.seq}`,
      phase: run.phase,
      word: phaseWords[run.phase],
      from: entry.at,
      ...(inAttempt && attempt !== undefined ? { attempt: { n: attempt.n, strategy: attempt.strategy } } : {}),
    })
  }
  return passed
}

/** The states that a run passed, where it is, and, while it goes as hoped, which are still ahead. */
export const lifeCycle = (entries: ReadonlyArray<LiveEntry>): ReadonlyArray<Step> => {
  const passed = passedOf(entries)
  const last = passed.at(-1)
  const steps = passed.map((step, index): Step => {
    const to = passed[index + 1]?.from
    const stop = isStop(step.phase)
    const state = to !== undefined ? "passed" : stop ? "end" : "now"
    return { ...step, state, tone: ends[step.phase] ?? (stop ? "idle" : "busy"), ...(to === undefined ? {} : { to }) }
  })
  if (last === undefined || isStop(last.phase)) return steps
  const at = last.phase === "awaiting-approval" ? hoped.indexOf("validating") : hoped.indexOf(last.phase)
  const ahead = hoped.slice(at + 1).map((phase): Step => ({ key: phase, phase, word: phaseWords[phase], tone: "idle", state: "ahead" }))
  return [...steps, ...ahead]
}

/** How many seconds a step took; of the one that the run is in, until `now` (milliseconds). An end and what is ahead take none. */
export const secondsOf = (step: Step, now: number): number | undefined => {
  if (step.from === undefined || step.state === "end") return undefined
  return Math.max(0, ((step.to === undefined ? now : Date.parse(step.to)) - Date.parse(step.from)) / 1_000)
}
