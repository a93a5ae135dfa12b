import { strategyWords } from "@ci-fix-pilot/contract/strategy-words"
import type { CommandResult } from "@ci-fix-pilot/contract/values"
import { lastAttempt, type Run } from "@ci-fix-pilot/lifecycle/run"

const say = (...lines: ReadonlyArray<string>) => process.stdout.write(`${lines.join("\n")}\n`)
const firstLine = (run: string) => run.split("\n")[0]
const row = (when: string, { command, exitCode, durationMs }: CommandResult) =>
  `  ${when.padEnd(7)} ${String(exitCode).padStart(4)}  ${`${(durationMs / 1_000).toFixed(1)} s`.padStart(8)}  ${firstLine(command.run)}`

const imageOf = (image: string) => (image === "" ? "" : `, ${image.replace(/(@sha256:[0-9a-f]{12})[0-9a-f]+$/u, "$1")}`)

/** Prints what was wrong, the patch, and the proof that it helps. */
export const sayHealed = (run: Run) => {
  const attempt = lastAttempt(run)
  const { proposal, proof } = attempt ?? {}
  if (proposal === undefined || proof === undefined) return
  say("", `Diagnosis  ${run.diagnosis?.summary ?? run.title}`, `Fix        ${proposal.explanation}`, "", proposal.patch.diff.trimEnd(), "")
  say(
    `Proof      on commit ${proof.commitSha.slice(0, 12)}, patch sha256 ${proof.patchSha256.slice(0, 12)}, in a sandbox without network (${proof.sandbox.kind}${imageOf(proof.sandbox.image)})`,
  )
  say("  when    exit      time  command", row("before", proof.before), ...proof.after.map((result) => row("after", result)))
  for (const { command, exitCode } of run.reproduction?.setAside ?? [])
    say(`  not counted: ${firstLine(command.run)} (exit ${exitCode}), which was red before this change, too`)
  for (const missing of proof.sandbox.notInstalled ?? []) say(`  without ${missing}`)
  for (const { rule, file, detail } of proof.findings) say(`  look at ${file}: ${rule}, ${detail}`)
}

/** Prints a fix that is proven, and why a person must look at it before it is used. */
export const sayAwaiting = (run: Run) => {
  sayHealed(run)
  for (const reason of run.approvalReasons ?? []) say("", `Waits      for approval: ${reason}`)
}

/** Prints that the failure comes and goes, with what it says when it is there. */
export const sayFlaky = (run: Run, { passed, of }: { readonly passed: number; readonly of: number }) => {
  say("", `Flaky       passed ${passed} of ${of} times on the same commit; no change is to blame for sure, so none was undone`)
  if (run.reproduction === undefined) return
  say(`Failed      ${firstLine(run.reproduction.failing.command.run)}`, "", run.reproduction.digest.text.trimEnd())
}

/** Prints why nothing was healed, with the evidence. */
export const sayEscalated = (run: Run) => {
  const { report } = run
  if (report === undefined) return
  say("", `Not healed  ${report.reason}`, `Failed      ${report.failed}`)
  for (const { attempt, strategy, why } of report.tried) say(`Tried       ${attempt}. ${strategyWords(strategy)}: ${why}`)
  for (const evidence of report.evidence) say("", evidence)
  say("", `Next        ${report.nextStep}`)
  if (report.patch !== undefined) say("", report.patch.diff.trimEnd())
}
