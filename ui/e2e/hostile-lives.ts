/** Ledgers in which every field that others write holds texts that would run as code. */
import type { RunEvent } from "@ci-fix-pilot/contract/run-events"
import type { Patch } from "@ci-fix-pilot/contract/values"
import type { Life } from "@ci-fix-pilot/deploy/fleet/seed-runs"
import { ciFailed, digest, patch, proposal, result, runIdOf } from "@ci-fix-pilot/testkit/scripted-answers"
import { payloads } from "./payloads.ts"
import { alarm } from "./visitor.ts"

/** How many texts the long fields of one run hold; its short fields hold one. */
export const perRun = 30

const firstRun = 0x600_000

/** What git lets stand in a branch's name. */
const branchOf = (n: number, text: string) =>
  `hostile/${n}/${text
    .replaceAll(/[\s~^:?*[\\\p{Cc}]/gu, "")
    .replaceAll("@{", "")
    .replaceAll(/\/[/.]+/gu, "/")
    .replaceAll(/\.\.+/gu, ".")}e`.slice(0, 250)

const hostilePatch = (texts: ReadonlyArray<string>): Patch => {
  const lines = texts.map((text) => text.replaceAll(/[\r\n]/gu, " "))
  const file = `src/${(texts[0] ?? "").replaceAll(/[\s/]/gu, "")}.js`
  const removed = lines.map((line) => `-${line}`)
  const added = lines.map((line) => `+const x = ${line}`)
  const diff = `--- a/${file}\n+++ b/${file}\n@@ -1,${lines.length} +1,${lines.length} @@\n${[...removed, ...added].join("\n")}\n`
  return { ...patch, diff, files: [file], added: lines.length, removed: lines.length }
}

const failed = (n: number, text: string): ReadonlyArray<RunEvent> => {
  const { target } = ciFailed(firstRun + n)
  const jobs = [{ name: text.slice(0, 300), steps: [text.slice(0, 300)] }]
  return [
    {
      type: "ci-failed",
      data: {
        target: { ...target, repository: `acme/hostile-${n}`, branch: branchOf(n, text) },
        ...{ title: text, workflow: text, pipelineUrl: `javascript:${alarm}(${n})`, errorType: text, failedJobs: jobs },
      },
    },
    { type: "fetch-started", data: {} },
  ]
}

const diagnosed = (text: string): RunEvent => ({
  type: "diagnosed",
  data: {
    modelAvailable: true,
    diagnosis: {
      kind: "test",
      summary: text,
      firstError: text.slice(0, 2_000),
      suspectFiles: [text.slice(0, 500)],
      confidence: 0.9,
      by: "model",
    },
  },
})

const told = (n: number, texts: ReadonlyArray<string>): ReadonlyArray<RunEvent> => {
  const [text = ""] = texts
  const all = texts.join("\n")
  const log = { ...digest, text: all, totalLines: texts.length }
  const signature = "0123456789abcdef"
  const url = `javascript:${alarm}(${n})`
  const command = { ...result(1).command, name: text, run: all.slice(0, 8_000) }
  const failing = { ...result(1), command }
  const author = { login: text.slice(0, 100), association: "NONE", trusted: false }
  const fix = { ...proposal, patch: hostilePatch(texts), explanation: all.slice(0, 4_000) }
  const from = { runId: runIdOf(firstRun), commitSha: "c".repeat(40), pullRequestUrl: url }
  const sandbox = { kind: "bubblewrap", image: text.slice(0, 300) } as const
  return [
    {
      type: "failure-fetched",
      data: { failedJobs: [{ name: text, steps: [text] }], digest: log, signature, author, fork: true, headMoved: false },
    },
    { type: "reproduced", data: { reproduction: { plan: [command], failing, signature, digest: log, sandbox } } },
    diagnosed(all.slice(0, 1_000)),
    {
      type: "recalled",
      data: {
        matches: [
          {
            ...{ memoryId: "m1", score: 0.9, why: text.slice(0, 300), signature, repository: "acme/hostile", branch: branchOf(n, text) },
            ...{ outcome: "merged", strategy: "model", summary: all.slice(0, 1_000), patch: fix.patch, provenance: from },
          },
        ],
      },
    },
    { type: "attempt-started", data: { attempt: 1, of: 3, strategy: "model" } },
    { type: "fix-proposed", data: { attempt: 1, proposal: fix } },
    { type: "fix-rejected", data: { attempt: 1, why: all.slice(0, 2_000), log: all.slice(0, 8_000) } },
    { type: "attempt-started", data: { attempt: 2, of: 3, strategy: "model" } },
    { type: "fix-proposed", data: { attempt: 2, proposal: fix } },
    { type: "approval-requested", data: { reasons: texts.map((one) => one.slice(0, 2_000)) } },
    { type: "review-given", data: { action: "approve", reviewer: text.slice(0, 100), note: all.slice(0, 2_000) } },
    {
      type: "pull-request-opened",
      data: { pullRequest: { number: n, url, branch: branchOf(n, text), headSha: "d".repeat(40), adopted: false } },
    },
    { type: "merge-refused", data: { why: all.slice(0, 2_000) } },
    {
      type: "escalated",
      data: {
        report: {
          ...{ reason: all.slice(0, 2_000), failed: text, evidence: texts, nextStep: all.slice(0, 2_000), patch: fix.patch },
          tried: [{ attempt: 1, strategy: "model", why: text, log: all.slice(0, 8_000) }],
        },
      },
    },
  ]
}

/** One ended run per text; every 30th tells of 30 texts in each of its long fields. */
export const hostileLives = (): ReadonlyArray<Life> =>
  payloads.map((text, n) => ({
    runId: runIdOf(firstRun + n),
    ago: 3_600 + n,
    events: [
      ...failed(n, text),
      ...(n % perRun === 0
        ? told(n, payloads.slice(n, n + perRun))
        : [diagnosed(text), { type: "aborted", data: { by: text, note: text } } as const]),
    ],
  }))
