import { lastAttempt, statusOf } from "@ci-fix-pilot/lifecycle/run"
import type { Operations } from "../forge/operations.ts"
import { play, playMeanwhile } from "../forge/play.ts"
import type { Scenario } from "../forge/scenario.ts"
import type { Followed, Following } from "../watch/follow-runs.ts"
import { hasEnded } from "../watch/has-ended.ts"
import { verifyPullRequest } from "./verify-pull-request.ts"

/** How a scenario ended, and what is wrong with that; empty when all is as it should be. */
export interface Ended {
  readonly scenario: Scenario
  readonly status: string
  readonly strategy: string
  readonly attempts: number
  readonly seconds: number
  readonly pullRequest: string
  readonly wrong: ReadonlyArray<string>
}

export interface Stage {
  readonly forge: Operations & { readonly url: string }
  readonly following: Following
  readonly approve: (runId: string) => Promise<void>
  readonly withinMs: number
}

/** Plays a scenario on the forge and waits for its end. */
export const playScenario = async (stage: Stage, scenario: Scenario): Promise<Ended> => {
  const { following, forge } = stage
  const { owner, name } = scenario.repository
  const branch = [scenario.base, ...scenario.changes].at(-1)?.branch
  const mine = ({ run }: Followed) => run.target.repository === `${owner}/${name}` && run.target.branch === branch
  const { meanwhile } = scenario
  const moved =
    meanwhile === undefined
      ? Promise.resolve()
      : following
          .until(
            `${scenario.name} to be ${meanwhile.phase}`,
            (one) => mine(one) && one.entries.some((entry) => phaseBegins(entry.type) === meanwhile.phase),
            stage.withinMs,
          )
          .then(() => playMeanwhile(forge, scenario, `${owner}/${name}`))
  await play(forge, scenario)
  const [ended] = await Promise.all([
    following.until(`${scenario.name} to end`, (one) => mine(one) && hasEnded(one.run.phase), stage.withinMs),
    moved,
  ])
  return { ...summary(scenario, ended), wrong: [...unexpected(scenario, ended), ...(await verified(stage, scenario, ended))] }
}

/** Approves a fixed run and waits until its pull request is merged. */
export const approveAndMerge = async ({ following, approve, withinMs }: Stage, runId: string) => {
  await approve(runId)
  await following.until(`${runId} to be merged`, (one) => one.runId === runId && one.run.phase === "resolved", withinMs)
}

const phaseBegins = (type: string) => ({ "failure-fetched": "reproducing", reproduced: "diagnosing", "fix-proposed": "validating" })[type]

const summary = (scenario: Scenario, { run, startedAt, changedAt }: Followed) => ({
  scenario,
  status: statusOf(run.phase),
  strategy: run.phase === "fixed" ? (lastAttempt(run)?.strategy ?? "") : "",
  attempts: run.attempts.length,
  seconds: (changedAt - startedAt) / 1_000,
  pullRequest: run.pullRequest?.url ?? "",
})

/** A scenario that could not be played to its end. */
export const broken = (scenario: Scenario, error: unknown): Ended => ({
  scenario,
  status: "–",
  strategy: "",
  attempts: 0,
  seconds: 0,
  pullRequest: "",
  wrong: [error instanceof Error ? error.message : String(error)],
})

const unexpected = (scenario: Scenario, { run }: Followed) => {
  const { status, strategy } = scenario.expected
  const seen = statusOf(run.phase)
  return [
    ...(seen === status ? [] : [`ended ${seen}, expected ${status}${run.report === undefined ? "" : ` (${run.report.reason})`}`]),
    ...(strategy === null || lastAttempt(run)?.strategy === strategy ? [] : [`by ${lastAttempt(run)?.strategy}, expected ${strategy}`]),
    ...(run.phase === "awaiting-approval" ? [`it waits for approval: ${run.approvalReasons?.join("; ")}`] : []),
    ...(run.phase === "escalated" && (run.report?.evidence.length ?? 0) === 0 ? ["the report holds no evidence"] : []),
  ]
}

const verified = async ({ forge }: Stage, scenario: Scenario, { run }: Followed) =>
  run.pullRequest === undefined ? [] : verifyPullRequest(scenario, `${forge.url}/${run.target.repository}.git`, run.pullRequest.branch)
