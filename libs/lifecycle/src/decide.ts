import type { CommandType } from "@ci-fix-pilot/contract/commands"
import type { Event } from "@ci-fix-pilot/contract/events"
import type { RunEvent, RunEventData } from "@ci-fix-pilot/contract/run-events"
import { isSameCommand } from "@ci-fix-pilot/contract/same-command"
import { escalate, nextAttempt, reject, withEntries } from "./decide-attempt.ts"
import { deliver, onDelivered } from "./decide-delivery.ts"
import { decideReview } from "./decide-review.ts"
import type { Facts, Input } from "./input.ts"
import type { Policy } from "./policy.ts"
import { isStop, lastAttempt, type Run } from "./run.ts"

type Entries = ReadonlyArray<RunEvent>

/**
 * What to record when something happens to a run. Pure: the same run, input and facts always give the same entries. An empty list means
 * that nothing is worth recording; a business "no" is an entry, never an exception.
 */
export const decide = (run: Run | undefined, input: Input, facts: Facts, policy: Policy): Entries => {
  if (run === undefined) return begin(input, facts, policy)
  switch (input.kind) {
    case "slot-free":
      return run.phase === "queued" && facts.activeInRepository < policy.runsPerRepository ? [{ type: "fetch-started", data: {} }] : []
    case "deadline-passed":
      return onDeadline(run)
    case "gave-up":
      return onGaveUp(run, input, policy)
    case "event":
      // What is merged stays merged, whoever says so when.
      return input.answers?.open === false && input.event.type !== "pull-request-merged"
        ? ignore(input.event, "the command was closed")
        : onEvent(run, input.event, facts, policy, input.answers !== undefined)
  }
}

const begin = (input: Input, facts: Facts, policy: Policy): Entries => {
  if (input.kind !== "event" || input.event.type !== "ci-failed") return []
  const mayStart = facts.queuedInRepository === 0 && facts.activeInRepository < policy.runsPerRepository
  return mayStart ? [input.event, { type: "fetch-started", data: {} }] : [input.event]
}

const ignore = (event: Event, why: string): Entries => {
  const usage = "usage" in event.data ? event.data.usage : undefined
  return [{ type: "answer-ignored", data: { type: event.type, why, ...(usage === undefined ? {} : { usage }) } }]
}

const onDeadline = (run: Run): Entries => {
  if (isStop(run.phase)) return []
  if (run.phase === "awaiting-approval")
    return [
      escalate(
        run,
        "Nobody approved the fix in time.",
        "Review the attached patch; apply it or fix the failure by hand.",
        lastAttempt(run)?.proposal?.patch,
      ),
    ]
  return [
    escalate(
      run,
      `Healing took longer than allowed; it was ${run.phase} when time ran out.`,
      "Look at what was slow, then fix by hand or push again.",
    ),
  ]
}

const onGaveUp = (run: Run, { kind, ...data }: Extract<Input, { kind: "gave-up" }>, policy: Policy): Entries =>
  withEntries(run, [{ type: kind, data }], (then) => without(then, data.command, data.why, policy))

/** How a run goes on without the answer to a command. */
const without = (run: Run, command: CommandType, why: string, policy: Policy): Entries => {
  if (isStop(run.phase)) return command === "github.merge-pull-request" && run.merging ? [{ type: "merge-refused", data: { why } }] : []
  switch (command) {
    case "ai.diagnose":
      return [unknownDiagnosis(run)]
    case "memory.recall":
      return withEntries(run, [{ type: "recalled", data: { matches: [] } }], (then) => nextAttempt(then, policy))
    case "ai.propose-fix":
    case "validator.isolate-culprit":
      return decline(run, why, policy)
    case "validator.validate-fix":
      return unavailable(run, why, policy)
    case "github.open-pull-request":
      return [
        escalate(
          run,
          `The pull request could not be opened: ${why}`,
          "The fix is proven; apply the attached patch.",
          lastAttempt(run)?.proposal?.patch,
        ),
      ]
    case "github.fetch-failure":
    case "validator.reproduce":
      return [
        escalate(
          run,
          `The infrastructure did not let us ${command === "validator.reproduce" ? "reproduce the failure" : "fetch the failure"}: ${why}`,
          "Repair the infrastructure named above, then re-run the failed job.",
        ),
      ]
    default:
      return []
  }
}

const unknownDiagnosis = (run: Run): RunEvent => ({
  type: "diagnosed",
  data: {
    modelAvailable: false,
    diagnosis: { kind: "unknown", summary: run.title, firstError: "", suspectFiles: [], confidence: 0, by: "rules" },
  },
})

type Declined = Pick<RunEventData<"fix-declined">, "usage" | "unsteady">

const decline = (run: Run, why: string, policy: Policy, more: Declined = {}): Entries => {
  const attempt = lastAttempt(run)
  if (attempt === undefined) return []
  return withEntries(run, [{ type: "fix-declined", data: { attempt: attempt.n, why, ...more } }], (then) => nextAttempt(then, policy))
}

const unavailable = (run: Run, why: string, policy: Policy): Entries => {
  const attempt = lastAttempt(run)
  const patch = policy.validationRequired ? undefined : attempt?.proposal?.patch
  const nextStep =
    patch === undefined ? "Repair the sandbox, then re-run the failed job." : "The attached patch is NOT proven: try it by hand."
  return [
    { type: "validation-unavailable", data: { attempt: attempt?.n ?? 0, why } },
    escalate(run, `The fix could not be verified: ${why}`, nextStep, patch),
  ]
}

/** Answers are only heard in the phase that asked for them. */
const onEvent = (run: Run, event: Event, facts: Facts, policy: Policy, asked: boolean): Entries => {
  switch (event.type) {
    case "ci-failed":
    case "remembered":
    case "notified":
      return []
    case "postponed":
    case "failed-for-good":
      return event.data.usage === undefined ? [] : ignore(event, "it was not done, and has cost something")
    case "review-given":
      return decideReview(run, event.data, facts, policy)
    case "failure-fetched":
      return run.phase === "fetching" ? onFetched(run, event, facts, policy) : ignore(event, `the run is ${run.phase}`)
    case "failure-unavailable":
      if (run.phase !== "fetching") return ignore(event, `the run is ${run.phase}`)
      return [
        event,
        escalate(
          run,
          `The failure could not be read: ${event.data.why}`,
          "Check that the log still exists and that the token may read it.",
        ),
      ]
    case "reproduced":
      return run.phase === "reproducing" ? [event] : ignore(event, `the run is ${run.phase}`)
    case "not-reproduced":
      if (run.phase !== "reproducing") return ignore(event, `the run is ${run.phase}`)
      return [event, { type: "marked-flaky", data: { passed: event.data.passed, of: event.data.of } }]
    case "not-reproducible":
      if (run.phase !== "reproducing") return ignore(event, `the run is ${run.phase}`)
      return [
        event,
        escalate(
          run,
          `The failure cannot be reproduced here: ${event.data.why}`,
          "Add a `.ci-fix-pilot.yml` with the commands to run, or extend the sandbox image.",
        ),
      ]
    case "diagnosed":
      return run.phase === "diagnosing" ? [event] : ignore(event, `the run is ${run.phase}`)
    case "recalled":
      if (run.phase !== "recalling") return ignore(event, `the run is ${run.phase}`)
      return withEntries(run, [event], (then) => nextAttempt(then, policy))
    case "fix-proposed":
    case "fix-declined":
      return run.phase === "proposing" ? onProposal(run, event, policy) : ignore(event, `the run is ${run.phase}`)
    case "fix-validated":
      return run.phase === "validating" ? onValidated(run, event, facts, policy) : ignore(event, `the run is ${run.phase}`)
    case "fix-rejected":
      if (run.phase !== "validating") return ignore(event, `the run is ${run.phase}`)
      return reject(run, event.data.why, event.data.log, policy)
    case "validation-unavailable":
      return run.phase === "validating" ? unavailable(run, event.data.why, policy) : ignore(event, `the run is ${run.phase}`)
    default:
      return onDelivered(run, event, policy, asked)
  }
}

const onFetched = (run: Run, event: Extract<Event, { type: "failure-fetched" }>, facts: Facts, policy: Policy): Entries => {
  if (event.data.headMoved) return [event, { type: "skipped", data: { why: "the branch has moved on since this commit" } }]
  if (facts.duplicateOf !== undefined)
    return [
      event,
      {
        type: "skipped",
        data: { why: `the same failure is already being healed by ${facts.duplicateOf}`, duplicateOf: facts.duplicateOf },
      },
    ]
  if (facts.sameSignatureToday >= policy.sameSignaturePerDay)
    return [
      event,
      escalate(
        run,
        `This failure was healed ${facts.sameSignatureToday} times today and is back.`,
        "Something keeps bringing it back; look at what the earlier fixes did not address.",
      ),
    ]
  return [event]
}

const onProposal = (run: Run, event: Extract<Event, { type: "fix-proposed" | "fix-declined" }>, policy: Policy): Entries => {
  const attempt = lastAttempt(run)
  if (attempt === undefined) return []
  const usage = event.data.usage === undefined ? {} : { usage: event.data.usage }
  if (event.type === "fix-declined") {
    const { why, ...more } = event.data
    return decline(run, why, policy, more)
  }
  const { proposal } = event.data
  const again = run.attempts.find((earlier) => earlier.n !== attempt.n && earlier.proposal?.patch.sha256 === proposal.patch.sha256)
  if (again === undefined) return [{ type: "fix-proposed", data: { attempt: attempt.n, proposal, ...usage } }]
  return decline(run, `it is the same patch as attempt ${again.n}, which was rejected`, policy, usage)
}

/** The gate reads the proof itself: a proof of something else, or one that is not red before and green after, is a rejection. */
const onValidated = (run: Run, event: Extract<Event, { type: "fix-validated" }>, facts: Facts, policy: Policy): Entries => {
  const attempt = lastAttempt(run)
  if (attempt?.proposal === undefined) return []
  const { proof } = event.data
  const failing = run.reproduction?.failing.command
  const flaw =
    proof.patchSha256 !== attempt.proposal.patch.sha256
      ? "the proof is of another patch"
      : proof.commitSha !== run.target.commitSha
        ? "the proof is of another commit"
        : proof.before.exitCode === 0 && !proof.before.timedOut
          ? "the command was not red before the patch"
          : proof.after.length === 0 || proof.after.some((result) => result.exitCode !== 0 || result.timedOut)
            ? "not everything was green after the patch"
            : !proof.after.some((result) => failing !== undefined && isSameCommand(result.command, failing))
              ? "the failing command was not run after the patch"
              : undefined
  if (flaw !== undefined) return reject(run, `the proof does not hold: ${flaw}`, undefined, policy)
  return withEntries(run, [{ type: "fix-validated", data: { attempt: attempt.n, proof } }], (then) => deliver(then, policy, facts))
}
