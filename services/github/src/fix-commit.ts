import type { RunId } from "@ci-fix-pilot/contract/ids"
import type { Diagnosis, Proof, Target } from "@ci-fix-pilot/contract/values"
import { cleanLine } from "@ci-fix-pilot/failure/clean"
import { redactText } from "@ci-fix-pilot/failure/redact"
import type { Person } from "./GitHub.ts"
import { cut } from "./markdown.ts"

/** Who every commit of ours is by. The address can be nobody's, so that GitHub credits no stranger's account with our commits. */
export const author = { name: "ci-fix-pilot", email: "ci-fix-pilot@noreply.invalid" } as const

const kinds: Readonly<Record<Diagnosis["kind"], string>> = {
  compile: "compile error",
  test: "failing test",
  lint: "lint error",
  dependency: "dependency problem",
  configuration: "configuration problem",
  environment: "environment problem",
  timeout: "timeout",
  unknown: "failing CI",
}

/**
 * The title of the commit and of the pull request: a template and words of the diagnosis from a small alphabet, so that no log can
 * mention, link, close an issue or skip a workflow.
 */
export const fixTitle = (diagnosis: Diagnosis): string => {
  const words = cleanLine(redactText(diagnosis.summary).replace(/\s+/gu, " "))
    .replace(/\bgh-(?=\d)/giu, "GH ")
    .replace(/:\/\//gu, " ")
    .replace(/[^A-Za-z0-9 '._/:,-]+/gu, " ")
    .replace(/\s+/gu, " ")
    .trim()
  const title = words === "" ? `Fix ${kinds[diagnosis.kind]}` : `Fix ${kinds[diagnosis.kind]}: ${words}`
  return cut(title, 72)
    .replace(/[\s.,:/-]+$/u, "")
    .replace("…", "...")
}

/** Everything about the commit that GitHub would otherwise choose: a function of the run, so that repeating it gives the same commit. */
export const fixCommit = (about: {
  readonly runId: RunId
  readonly target: Target
  readonly diagnosis: Diagnosis
  readonly proof: Proof
  /** When the failing commit was made (ISO 8601): the fix bears the same time. */
  readonly committedAt: string
}): { readonly message: string; readonly author: Person } => {
  const { runId, target, diagnosis, proof, committedAt } = about
  const message = [
    fixTitle(diagnosis),
    "",
    `Red before and green after this change, in a sandbox, on commit`,
    `${target.commitSha}.`,
    "",
    `Ci-Fix-Pilot-Run: ${runId}`,
    `Ci-Fix-Pilot-Patch: sha256:${proof.patchSha256}`,
  ].join("\n")
  return { message, author: { ...author, date: committedAt } }
}
