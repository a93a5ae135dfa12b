import type { Event } from "@ci-fix-pilot/contract/events"
import type { CommandResult, LogDigest, Patch, PlanCommand, Proof, PullRequest, Strategy, Target } from "@ci-fix-pilot/contract/values"
import type { Draw } from "./drawing.ts"
import type { Intent } from "./react.ts"
import type { Run } from "./run.ts"

/** GitHub, as far as a run can see it. */
export interface Hub {
  pulls: Array<{ branch: string; state: "open" | "merged" | "closed"; patchSha256: string; branchLeft: boolean }>
}

const commitSha = "c".repeat(40)
const digest: LogDigest = { text: "not ok 1 - adds", firstError: 0, totalLines: 1, totalBytes: 15, redactions: 0 }
const command: PlanCommand = { name: "test", run: "npm test", cwd: ".", source: "workflow" }
const other: PlanCommand = { ...command, run: "npm run lint" }
const signature = "00000000000000aa"

export const patchOf = (n: number): Patch => ({
  diff: `patch ${n}`,
  sha256: n.toString(16).padStart(64, "0"),
  files: ["a.js"],
  added: n === 3 ? 900 : 1,
  removed: 1,
})
const resultOf = (exitCode: number, run = command, timedOut = false): CommandResult => ({
  command: run,
  exitCode,
  durationMs: 5,
  timedOut,
  outOfMemory: false,
  logSha256: "a".repeat(64),
  logBytes: 15,
})

const usageOf = (draw: Draw) => (draw(2) === 0 ? {} : { usage: { model: "m", inputTokens: 10, outputTokens: 5, costUsd: 0.05 * draw(3) } })

export const ciFailed = (draw: Draw): Extract<Event, { type: "ci-failed" }> => {
  const target: Target = { provider: draw(12) === 0 ? "gitlab" : "github", repository: "acme/shop", branch: "main", commitSha }
  return {
    type: "ci-failed",
    data: {
      target,
      title: "CI failed",
      ...(draw(2) === 0 ? {} : { digest, workflowRunId: 1, runAttempt: 1, pipelineUrl: "https://ci.test/1" }),
      ...(draw(2) === 0 ? {} : { errorType: "test" }),
    },
  }
}

const pullRequest = (): PullRequest => ({
  number: 1,
  url: "https://forge.test/1",
  branch: "ci-fix-pilot/x",
  headSha: "d".repeat(40),
  adopted: false,
})

/** A proof, mostly a good one; the bad ones must never get through. */
const proofOf = (patch: Patch, draw: Draw): Proof => {
  const flaw = draw(14)
  return {
    commitSha: flaw === 1 ? "e".repeat(40) : commitSha,
    patchSha256: flaw === 2 ? "f".repeat(64) : patch.sha256,
    treeSha: "b".repeat(40),
    before: resultOf(flaw === 3 ? 0 : 1, command, flaw === 3 && draw(2) === 0),
    after:
      flaw === 4
        ? []
        : flaw === 5
          ? [resultOf(0), resultOf(1, other)]
          : flaw === 6
            ? [resultOf(0, other)]
            : flaw === 7
              ? [resultOf(0, command, true)]
              : [resultOf(0), resultOf(0, other)],
    sandbox: {
      kind: "bubblewrap",
      image: "host",
      ...(flaw === 8 ? { notInstalled: ["ts-jest@29: the registry does not have it"] } : {}),
    },
    findings: draw(6) === 0 ? [{ rule: "weakened-test", file: "a.test.js", detail: "an assertion is gone" }] : [],
  }
}

const proposal = (strategy: Strategy, draw: Draw) => ({
  proposal: { strategy, patch: patchOf(draw(4)), explanation: "because", confidence: 0.5 },
  ...usageOf(draw),
})

/** What a hand does and says; business "no"s and broken worlds included. GitHub's state changes here, as the real effect would. */
export const answerOf = (intent: Intent, draw: Draw, hub: Hub): Event => {
  if (draw(20) === 0) return { type: "failed-for-good", data: { reason: "no permission" } }
  if (draw(20) === 0) return { type: "postponed", data: { afterMs: 1, why: "away" } }
  switch (intent.type) {
    case "github.fetch-failure": {
      if (draw(12) === 0) return { type: "failure-unavailable", data: { why: "the log has expired" } }
      const trusted = draw(4) > 0
      return {
        type: "failure-fetched",
        data: {
          failedJobs: [{ name: "test", steps: ["npm test"] }],
          digest,
          signature,
          author: { login: "ada", association: "MEMBER", trusted },
          fork: draw(8) === 0,
          headMoved: draw(10) === 0,
          ...(draw(2) === 0 ? {} : { workflow: { path: "ci.yml", text: "" }, lastGreenCommit: "9".repeat(40) }),
        },
      }
    }
    case "validator.reproduce": {
      const kind = draw(8)
      if (kind === 0) return { type: "not-reproduced", data: { plan: [command], passed: 3, of: 3 } }
      if (kind === 1) return { type: "not-reproducible", data: { why: "no toolchain" } }
      return {
        type: "reproduced",
        data: {
          reproduction: { plan: [command, other], failing: resultOf(1), signature, digest, sandbox: { kind: "bubblewrap", image: "host" } },
        },
      }
    }
    case "ai.diagnose":
      return {
        type: "diagnosed",
        data: {
          modelAvailable: draw(2) === 0,
          diagnosis: {
            kind: "test",
            summary: "adds",
            firstError: "adds",
            suspectFiles: draw(2) === 0 ? [] : ["a.js"],
            confidence: 1,
            by: "rules",
          },
          ...usageOf(draw),
        },
      }
    case "memory.recall": {
      const match = {
        memoryId: "m",
        score: 1,
        why: "same signature",
        signature,
        repository: "acme/shop",
        branch: "old",
        outcome: draw(3) === 0 ? ("validated" as const) : ("merged" as const),
        strategy: "revert" as const,
        summary: "adds",
        patch: patchOf(draw(3)),
        provenance: { runId: "run_0123456789abcdef01234568", commitSha },
      }
      return { type: "recalled", data: { matches: draw(2) === 0 ? [] : [match] } }
    }
    case "ai.propose-fix":
    case "validator.isolate-culprit":
      return draw(5) === 0
        ? { type: "fix-declined", data: { why: "nothing found", ...usageOf(draw) } }
        : { type: "fix-proposed", data: proposal(intent.type === "ai.propose-fix" ? "model" : "revert", draw) }
    case "validator.validate-fix": {
      const kind = draw(6)
      if (kind === 0) return { type: "fix-rejected", data: { why: "still red", ...(draw(2) === 0 ? {} : { log: "red" }) } }
      if (kind === 1 && draw(3) === 0) return { type: "validation-unavailable", data: { why: "no sandbox" } }
      return { type: "fix-validated", data: { proof: proofOf(intent.data.patch, draw) } }
    }
    case "github.open-pull-request":
      return openOrAdopt(intent.data.proposal.patch, draw, hub)
    case "github.merge-pull-request":
    case "github.close-pull-request":
    case "github.check-pull-request":
      return changePull(intent.type, draw, hub)
    case "memory.remember":
      return { type: "remembered", data: { memoryId: "m" } }
    case "notifier.notify":
      return { type: "notified", data: { channel: "slack" } }
  }
}

const openOrAdopt = (patch: Patch, draw: Draw, hub: Hub): Event => {
  if (draw(10) === 0) return { type: "branch-moved", data: draw(2) === 0 ? {} : { head: "e".repeat(40) } }
  const pull = hub.pulls[0]
  if (pull === undefined && draw(10) === 0) return { type: "pull-request-refused", data: { why: "no rights" } }
  if (pull === undefined) hub.pulls.push({ branch: "ci-fix-pilot/x", state: "open", patchSha256: patch.sha256, branchLeft: true })
  if (pull?.state === "closed") return { type: "pull-request-refused", data: { why: "a person closed it" } }
  return { type: "pull-request-opened", data: { pullRequest: { ...pullRequest(), adopted: pull !== undefined } } }
}

const changePull = (type: Intent["type"], draw: Draw, hub: Hub): Event => {
  const pull = hub.pulls[0]
  if (type === "github.merge-pull-request" && pull?.state === "open" && draw(5) > 0) pull.state = "merged"
  if (type === "github.close-pull-request" && pull?.state === "open") pull.state = "closed"
  if (type === "github.close-pull-request" && pull !== undefined) pull.branchLeft = false
  if (pull?.state === "merged") return { type: "pull-request-merged", data: { number: 1 } }
  if (type === "github.merge-pull-request") return { type: "merge-refused", data: { why: "not mergeable" } }
  if (type === "github.close-pull-request" || pull?.state === "closed")
    return { type: "pull-request-closed", data: pull === undefined ? {} : { number: 1 } }
  return { type: "pull-request-checks", data: { number: 1, headSha: "d".repeat(40), conclusion: "success" } }
}

export const reviewOf = (draw: Draw, run: Run | undefined): Event => ({
  type: "review-given",
  data: {
    action: (["approve", "approve", "deny", "abort", "human-fix"] as const)[draw(5)] ?? "approve",
    reviewer: draw(3) === 0 ? "Ada" : "grace",
    ...(draw(3) === 0
      ? { patchSha256: run?.attempts.at(-1)?.proposal?.patch.sha256 ?? "0".repeat(64) }
      : draw(6) === 0
        ? { patchSha256: "1".repeat(64) }
        : {}),
    ...(draw(2) === 0 ? {} : { note: "looks right" }),
    ...(draw(3) > 0 ? {} : { expectedPhase: draw(2) === 0 ? "awaiting-approval" : "fixed" }),
  },
})

/** A person, or a workflow, does something to the pull request on GitHub; its webhook tells. */
export const outsideEvent = (draw: Draw, hub: Hub): Event | undefined => {
  const pull = hub.pulls[0]
  if (pull === undefined) return undefined
  const who = draw(2) === 0 ? {} : { by: "grace" }
  const kind = draw(4)
  if (kind > 1)
    return {
      type: "pull-request-checks",
      data: {
        number: 1,
        headSha: (draw(4) === 0 ? "e" : "d").repeat(40),
        conclusion: (["pending", "success", "failure"] as const)[draw(3)] ?? "pending",
      },
    }
  if (pull.state === "open") pull.state = kind === 0 ? "merged" : "closed"
  return pull.state === "merged"
    ? { type: "pull-request-merged", data: { number: 1, ...who } }
    : { type: "pull-request-closed", data: { number: 1, ...who } }
}
