import type { CommandData } from "@ci-fix-pilot/contract/commands"
import type { RunId } from "@ci-fix-pilot/contract/ids"
import type { RunEventData } from "@ci-fix-pilot/contract/run-events"
import type { Policy } from "./policy.ts"
import type { Intent } from "./react.ts"
import { mostCloseRefusals } from "./refusals.ts"
import { lastAttempt, type Run } from "./run.ts"

/** As much of a text as a message takes. */
export const clip = (text: string, max = 2_000): string => text.slice(0, max)

/** People are to be told of this run. */
export const notify = (runId: RunId, run: Run, policy: Policy, kind: CommandData<"notifier.notify">["kind"], summary: string): Intent => {
  const attempt = lastAttempt(run)
  const runUrl = policy.runUrl?.replace("{runId}", runId)
  const more = {
    ...(attempt === undefined ? {} : { attempt: attempt.n, maxAttempts: policy.maxAttempts, strategy: attempt.strategy }),
    ...(run.pullRequest?.url === undefined ? {} : { pullRequestUrl: run.pullRequest?.url }),
    ...(runUrl === undefined ? {} : { runUrl }),
  }
  return { type: "notifier.notify", data: { kind, target: run.target, summary: clip(summary), ...more } }
}

/** A pull request that GitHub does not let us close is a person's: told at the first refusal, and when nobody asks any more. */
export const stillOpen = (
  runId: RunId,
  run: Run,
  { command, why, forGood }: RunEventData<"gave-up">,
  policy: Policy,
): ReadonlyArray<Intent> => {
  const { pullRequest, refused } = run
  if (command !== "github.close-pull-request" || forGood !== true || pullRequest?.state !== "open") return []
  const which = `Pull request #${pullRequest.number}`
  const tell = (summary: string) => [notify(runId, run, policy, "run-escalated", summary)]
  if (refused?.times === 1)
    return tell(`${which} is still open, and we may not close it: ${why}. Close it by hand; we ask again after ever longer.`)
  return refused?.times === mostCloseRefusals
    ? tell(`${which} stays open: we were refused ${refused.times} times (${why}). Close it by hand; we do not ask again.`)
    : []
}
