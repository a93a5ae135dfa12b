import type { Event } from "@ci-fix-pilot/contract/events"
import type { RunEvent } from "@ci-fix-pilot/contract/run-events"
import { escalate } from "./decide-attempt.ts"
import type { Facts } from "./input.ts"
import type { Policy } from "./policy.ts"
import { isUnseen, lastAttempt, type Run } from "./run.ts"
import { rejectionOf } from "./strategy.ts"

type Entries = ReadonlyArray<RunEvent>

/**
 * What the proof's tries went without, as reasons. They hold a fix in every mode: the other doubts are about a change that is proven, these
 * are about the proof. What could not be installed may be all that was red, and the fix a way around it.
 */
const gapsIn = (run: Run): ReadonlyArray<string> =>
  (lastAttempt(run)?.proof?.sandbox.notInstalled ?? []).map((one) => `the proof went without ${one}`)

/** Why this proven fix is doubted; such a fix waits for a person, unless safe mode is off. */
export const reasonsToAsk = (run: Run, policy: Policy): ReadonlyArray<string> => {
  const attempt = lastAttempt(run)
  const patch = attempt?.proposal?.patch
  const reasons = (attempt?.proof?.findings ?? []).map((finding) => `${finding.rule} in ${finding.file}: ${finding.detail}`)
  if (run.failure?.fork !== false) reasons.push("the branch belongs to a fork")
  if (run.failure?.author.trusted !== true) reasons.push("the author of the failing commit is not known as trusted")
  if (patch !== undefined && patch.added + patch.removed > policy.largeDiffLines)
    reasons.push(`the patch changes ${patch.added + patch.removed} lines`)
  const rejected = rejectionOf(run, patch?.sha256)
  if (rejected !== undefined) reasons.push(`this very fix was rejected before: ${rejected.why}`)
  return reasons.map((reason) => reason.slice(0, 2_000))
}

/** A proven fix leaves as the policy says: by itself, after approval, or not at all. */
export const deliver = (run: Run, policy: Policy, facts: Facts): Entries => {
  const patch = lastAttempt(run)?.proposal?.patch
  const keep = (why: string): Entries => [escalate(run, why, "The fix is proven; apply the attached patch.", patch)]
  if (run.target.provider !== "github")
    return keep(`Pull requests can be opened on GitHub only; this failure came from ${run.target.provider}.`)
  if (!policy.githubEnabled) return keep("Opening pull requests is switched off (CI_HEALING_GITHUB_ENABLED=false).")
  if (policy.delivery === "shadow") return keep("Shadow mode: the fix is recorded, nothing is delivered.")
  if (facts.openPullRequests >= policy.pullRequestsPerRepository)
    return keep(`${facts.openPullRequests} of our pull requests are already open in this repository; review those first.`)
  const always = policy.delivery === "approval" ? ["every fix of this installation waits for approval"] : []
  const doubts = policy.delivery === "approval" || policy.safeMode ? reasonsToAsk(run, policy) : []
  const reasons = [...always, ...gapsIn(run), ...doubts]
  if (reasons.length > 0) return [{ type: "approval-requested", data: { reasons } }]
  return [{ type: "delivery-started", data: { attempt: lastAttempt(run)?.n ?? 0 } }]
}

const closedByPerson = (run: Run, by: string | undefined): RunEvent =>
  escalate(
    run,
    `The pull request was closed${by === undefined ? "" : ` by ${by}`} without merging.`,
    "Fix the failure by hand, or push a change that makes the fix unnecessary.",
  )

/**
 * Who merged it, for a person: GitHub names whoever did it, and where that was us it was the reviewer who told us to. A webhook of our own
 * merge may be faster than our answer, and the answer may never come.
 */
const mergedBy = ({ pullRequest, merging, mergeApprovedBy }: Run, by: string | undefined): string | undefined => {
  const author = pullRequest?.author
  const isOurs = by === undefined || author === undefined ? merging : by === author
  return isOurs ? (mergeApprovedBy ?? by) : by
}

/**
 * Whether it is about another one: anybody who may write can open a pull request from our branch. An answer to ourselves never is: the hand
 * that closes leaves none open, and may name the newest.
 */
const isAnother = ({ pullRequest }: Run, { number }: { readonly number?: number }, asked: boolean) =>
  !asked && pullRequest !== undefined && number !== undefined && number !== pullRequest.number

const onMerged = (run: Run, event: Extract<Event, { type: "pull-request-merged" }>, asked: boolean): Entries => {
  if (run.pullRequest?.state === "merged" || isAnother(run, event.data, asked)) return []
  const name = mergedBy(run, event.data.by)
  const by = name === undefined ? {} : { by: name }
  const merged: RunEvent = { type: event.type, data: { ...event.data, ...by } }
  // Merged before we knew that it was open is legal: the webhook may be faster than the answer.
  if (run.phase !== "fixed" && run.phase !== "delivering") return run.deliveryStarted ? [merged] : []
  return [merged, { type: "resolved", data: { how: "merged", ...by } }]
}

const onClosed = (run: Run, event: Extract<Event, { type: "pull-request-closed" }>, asked: boolean): Entries => {
  if ((run.pullRequest !== undefined && run.pullRequest.state !== "open") || isAnother(run, event.data, asked)) return []
  // While delivering it may be ourselves who take it back because the branch moved: the answer will say.
  if (run.phase === "delivering") return []
  if (run.phase === "fixed") return [event, closedByPerson(run, event.data.by)]
  return run.pullRequest === undefined ? [] : [event]
}

/** What GitHub, or our own hands on it, said about the pull request. */
export const onDelivered = (
  run: Run,
  event: Extract<
    Event,
    {
      type:
        | "pull-request-opened"
        | "branch-moved"
        | "pull-request-refused"
        | "pull-request-merged"
        | "merge-refused"
        | "pull-request-closed"
        | "pull-request-checks"
    }
  >,
  policy: Policy,
  asked: boolean,
): Entries => {
  switch (event.type) {
    case "pull-request-merged":
      return onMerged(run, event, asked)
    case "pull-request-closed":
      return onClosed(run, event, asked)
    case "pull-request-checks":
      return onChecks(run, event, policy, asked)
    case "merge-refused":
      return run.merging ? [event] : []
  }
  if (run.phase !== "delivering") return [{ type: "answer-ignored", data: { type: event.type, why: `the run is ${run.phase}` } }]
  switch (event.type) {
    case "pull-request-opened":
      return [event]
    case "branch-moved":
      return [
        event,
        {
          type: "skipped",
          data: {
            why: "the branch moved while the fix was on its way",
            ...(event.data.head === undefined ? {} : { head: event.data.head }),
          },
        },
      ]
    case "pull-request-refused":
      return [
        event,
        escalate(
          run,
          `The pull request was refused: ${event.data.why}`,
          "The fix is proven; apply the attached patch.",
          lastAttempt(run)?.proposal?.patch,
        ),
      ]
  }
}

/**
 * Without safe mode a pull request whose checks are green is merged without a reviewer. A webhook tells of one workflow only, so the merge
 * waits for the answer to our own question, which looks at all of them; a merge that GitHub refused is left to a person.
 */
const onChecks = (run: Run, event: Extract<Event, { type: "pull-request-checks" }>, policy: Policy, asked: boolean): Entries => {
  const pullRequest = run.pullRequest
  if (pullRequest === undefined || pullRequest.headSha !== event.data.headSha) return []
  const news: Entries = pullRequest.checks === event.data.conclusion && !isUnseen(run) ? [] : [event]
  const mayMerge =
    asked && !policy.safeMode && event.data.conclusion === "success" && run.phase === "fixed" && !run.merging && !run.mergeRefused
  return mayMerge ? [...news, { type: "merge-started", data: {} }] : news
}
