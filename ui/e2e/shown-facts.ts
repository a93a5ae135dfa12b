/** Facts of ledgers that look like a team's: what pictures are made of. */
import type { RunEvent } from "@ci-fix-pilot/contract/run-events"
import type { CommandResult, Diagnosis, Patch, PlanCommand, Proposal, Strategy, Usage } from "@ci-fix-pilot/contract/values"
import { ciFailed, digest, proposal, result } from "@ci-fix-pilot/testkit/scripted-answers"

const sha256 = (text: string) => new Bun.CryptoHasher("sha256").update(text).digest("hex")
const shaOf = (text: string) => new Bun.CryptoHasher("sha1").update(text).digest("hex")
const sandbox = { kind: "docker", image: `node:22-bookworm@sha256:${sha256("image")}` } as const

export interface Place {
  readonly n: number
  readonly repository: string
  readonly branch: string
  /** Of the commit. */
  readonly title: string
}

/** A diff as a patch, with its lines counted. */
export const patchOf = (diff: string): Patch => {
  const lines = diff.split("\n")
  return {
    diff,
    sha256: sha256(diff),
    files: lines.flatMap((line) => (line.startsWith("+++ b/") ? [line.slice("+++ b/".length)] : [])),
    added: lines.filter((line) => /^\+(?!\+\+ )/u.test(line)).length,
    removed: lines.filter((line) => /^-(?!-- )/u.test(line)).length,
  }
}

export const commandOf = (run: string): PlanCommand => ({ name: run, run, cwd: ".", source: "workflow" })

const ended = (run: string, exitCode: number, durationMs: number): CommandResult => ({
  ...result(exitCode),
  command: commandOf(run),
  durationMs,
  logSha256: sha256(`${run}${exitCode}`),
  logBytes: exitCode === 0 ? 1_870 : 48_211,
})

export const spent = (inputTokens: number, outputTokens: number, costUsd: number): Usage => ({
  model: "claude-sonnet-5",
  inputTokens,
  outputTokens,
  costUsd,
})

export const failed = ({ n, repository, branch, title }: Place): ReadonlyArray<RunEvent> => {
  const { target } = ciFailed(n)
  const from = { target: { ...target, repository, branch, commitSha: shaOf(`${repository}${n}`) }, title, workflow: "CI" }
  return [
    {
      type: "ci-failed",
      data: { ...from, workflowRunId: n, runAttempt: 1, pipelineUrl: `https://forge.test/${repository}/actions/runs/${n}` },
    },
  ]
}

const logOf = (text: string) => {
  const totalLines = text.split("\n").length
  return {
    ...digest,
    text,
    firstError: Math.max(
      0,
      text.split("\n").findIndex((line) => /^FAIL|error TS|not ok/u.test(line)),
    ),
    totalLines,
    totalBytes: text.length,
  }
}

/** The log of the failed job is read: `job`, its failed step, and what it said. */
export const fetched = (job: string, step: string, log: string, login = "ada"): ReadonlyArray<RunEvent> => [
  { type: "fetch-started", data: {} },
  {
    type: "failure-fetched",
    data: {
      failedJobs: [{ id: 1, name: job, steps: [step] }],
      ...{ digest: logOf(log), signature: sha256(log).slice(0, 16), fork: false, headMoved: false },
      author: { login, association: "MEMBER", trusted: true },
    },
  },
]

export const reproduced = (run: string, log: string): RunEvent => ({
  type: "reproduced",
  data: {
    reproduction: {
      ...{ plan: [commandOf(run)], failing: ended(run, 1, 8_420), signature: sha256(log).slice(0, 16), digest: logOf(log), sandbox },
    },
  },
})

export const diagnosed = (kind: Diagnosis["kind"], summary: string, file: string, usage?: Usage): RunEvent => ({
  type: "diagnosed",
  data: {
    modelAvailable: usage !== undefined,
    diagnosis: { kind, summary, firstError: "", suspectFiles: [file], confidence: 0.8, by: usage === undefined ? "rules" : "model" },
    ...(usage === undefined ? {} : { usage }),
  },
})

export const attempted = (attempt: number, strategy: Strategy): RunEvent => ({
  type: "attempt-started",
  data: { attempt, of: 3, strategy },
})

interface Suggested {
  readonly patch: Patch
  readonly explanation: string
  readonly usage?: Usage
  readonly culprit?: Proposal["culprit"]
}

export const proposed = (attempt: number, strategy: Strategy, { patch, explanation, usage, culprit }: Suggested): RunEvent => ({
  type: "fix-proposed",
  data: {
    attempt,
    proposal: { ...proposal, strategy, patch, explanation, ...(culprit === undefined ? {} : { culprit }) },
    ...(usage === undefined ? {} : { usage }),
  },
})

type Findings = Extract<RunEvent, { type: "fix-validated" }>["data"]["proof"]["findings"]

/** Red before with the first command, green after with all of them. */
export const proven = (attempt: number, patch: Patch, runs: ReadonlyArray<string>, findings: Findings = []): RunEvent => ({
  type: "fix-validated",
  data: {
    attempt,
    proof: {
      ...{ commitSha: shaOf("commit"), patchSha256: patch.sha256, treeSha: shaOf(patch.diff), sandbox, findings },
      before: ended(runs[0] ?? "", 1, 8_420),
      after: runs.map((run, n) => ended(run, 0, 9_130 + n * 2_200)),
    },
  },
})

/** Its pull request is opened; `by` merges it. */
export const delivered = ({ repository, n }: Place, attempt: number, by?: string): ReadonlyArray<RunEvent> => {
  const pullRequest = {
    ...{ number: 400 + (n % 100), url: `https://forge.test/${repository}/pull/${400 + (n % 100)}`, branch: `ci-fix-pilot/${n}` },
    ...{ headSha: shaOf(`head${n}`), adopted: false },
  }
  return [
    { type: "delivery-started", data: { attempt } },
    { type: "pull-request-opened", data: { pullRequest } },
    { type: "pull-request-checks", data: { number: pullRequest.number, headSha: pullRequest.headSha, conclusion: "success" } },
    ...(by === undefined
      ? []
      : [
          { type: "pull-request-merged", data: { number: pullRequest.number, by } } as const,
          { type: "resolved", data: { how: "merged", by } } as const,
        ]),
  ]
}
