import type { Patch, Report } from "@ci-fix-pilot/contract/values"
import { type Run, rejectionsOf } from "./run.ts"

const clip = (text: string, max: number) => (text.length <= max ? text : `${text.slice(0, max - 1)}…`)

const whatFailed = (run: Run) => {
  const command = run.reproduction?.failing.command.run
  const where = run.failure?.failedJobs.map((job) => [job.name, ...job.steps].join(" › ")).join("; ")
  return clip(
    [run.diagnosis?.summary ?? run.title, command === undefined ? undefined : `command: \`${command.trim().split("\n")[0]}\``, where]
      .filter(Boolean)
      .join(" — "),
    2_000,
  )
}

const evidenceOf = (run: Run) =>
  [
    run.diagnosis?.firstError,
    run.reproduction === undefined
      ? undefined
      : `\`${clip(run.reproduction.failing.command.run, 300)}\` exited ${run.reproduction.failing.exitCode} after ${run.reproduction.failing.durationMs} ms in ${run.reproduction.sandbox.kind} (${run.reproduction.sandbox.image})`,
    run.reproduction?.digest.text ?? run.failure?.digest.text,
  ]
    .filter((text): text is string => text !== undefined && text !== "")
    .map((text) => clip(text, 4_000))

const suspects = (run: Run) => {
  const files = run.diagnosis?.suspectFiles ?? []
  return files.length === 0 ? "" : ` Start with ${files.slice(0, 5).join(", ")}.`
}

/** The words for a person who takes over: what failed, what was tried, why each was rejected, the evidence, and what to do next. */
export const reportOf = (run: Run, reason: string, nextStep: string, patch?: Patch): Report => ({
  reason: clip(reason, 2_000),
  failed: whatFailed(run),
  tried: rejectionsOf(run),
  evidence: evidenceOf(run),
  nextStep: clip(nextStep + suspects(run), 2_000),
  ...(patch === undefined ? {} : { patch }),
})
