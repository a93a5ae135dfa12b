import type { RunId } from "@ci-fix-pilot/contract/ids"
import { fixBranch } from "@ci-fix-pilot/contract/run-id"
import type { CommandResult, Diagnosis, Proof, Proposal, Target } from "@ci-fix-pilot/contract/values"
import { duration } from "./duration.ts"
import { block, code, prose } from "./markdown.ts"
import { healLine, replayLines } from "./replay-lines.ts"

/** All that a pull request's text says. */
export interface Delivery {
  readonly runId: RunId
  readonly target: Target
  readonly diagnosis: Diagnosis
  readonly proposal: Proposal
  readonly proof: Proof
  readonly approvedBy?: string | undefined
  readonly runUrl?: string | undefined
}

/** GitHub takes 65,536 characters. */
const mostCharacters = 60_000
const mostCommands = 30
const mostFiles = 20

/**
 * The text of the pull request: what failed, what this changes, the proof, how to check it, how to say no. Everything that a log, a
 * model or a repository wrote is escaped or quoted; the same delivery gives the same text.
 */
export const pullRequestBody = (delivery: Delivery): string => {
  const whole = render(delivery, { words: 4_000, log: 2_000, exact: 8_000 })
  return whole.length <= mostCharacters ? whole : render(delivery, { words: 600, log: 1_000, exact: 2_000 }).slice(0, mostCharacters)
}

interface Room {
  readonly words: number
  readonly log: number
  readonly exact: number
}

const render = (delivery: Delivery, room: Room): string =>
  [
    ...opening(delivery, room),
    ...changes(delivery, room),
    ...proofTable(delivery),
    ...lookAt(delivery),
    ...check(delivery, room),
    ...ending(delivery),
  ].join("\n")

const opening = ({ target, diagnosis, proof }: Delivery, room: Room): ReadonlyArray<string> => [
  `CI is red on ${code(target.branch)} at ${target.commitSha}. This turns it green, and the proof is below.`,
  "",
  "### What failed",
  "",
  `${code(proof.before.command.run)} ended with exit code ${proof.before.exitCode}${endedBy(proof.before)}. ${prose(diagnosis.summary, Math.min(1_000, room.words))}`,
  "",
  ...(diagnosis.firstError.trim() === "" ? [] : [block(diagnosis.firstError, room.log, "text"), ""]),
]

const endedBy = ({ timedOut, outOfMemory }: CommandResult): string => (timedOut ? " (out of time)" : outOfMemory ? " (out of memory)" : "")

const strategies: Readonly<Record<Proposal["strategy"], (proposal: Proposal) => string>> = {
  revert: ({ culprit }) =>
    culprit === undefined
      ? "It takes back the part of the last change that broke the build, and nothing else."
      : `Since the last green commit ${culprit.goodCommit}, ${count(culprit.hunks, "hunk")} changed. This takes back only the ${culprit.reverted === 1 ? "one" : culprit.reverted} without which the build is green again; everything else in that change stays. ${count(culprit.sandboxRuns, "sandbox run")} narrowed it down.`,
  replay: () => "It applies a fix that worked before for the same failure, proven anew on this commit.",
  model: () => "A language model suggested it. It holds no rights here: what counts is the proof below.",
}

const changes = ({ proposal }: Delivery, room: Room): ReadonlyArray<string> => [
  "### What this changes",
  "",
  strategies[proposal.strategy](proposal),
  ...(proposal.explanation.trim() === "" ? [] : ["", prose(proposal.explanation, room.words)]),
  "",
  `**${count(proposal.patch.files.length, "file")}**, +${proposal.patch.added} −${proposal.patch.removed}:`,
  "",
  ...proposal.patch.files.slice(0, mostFiles).map((file) => `- ${code(file, 300)}`),
  ...more(proposal.patch.files.length - mostFiles, "- "),
  "",
]

const proofTable = ({ target, proof }: Delivery): ReadonlyArray<string> => {
  const same = (result: CommandResult) => result.command.run === proof.before.command.run && result.command.cwd === proof.before.command.cwd
  const rows = proof.after.slice(0, mostCommands).map((after) => {
    const before = same(after) ? outcome(proof.before) : "–"
    return `| ${code(after.command.run)}${after.command.cwd === "." ? "" : ` in ${code(after.command.cwd)}`} | ${before} | ${outcome(after)} |`
  })
  return [
    "### Proof",
    "",
    "Each command ran in a locked-down sandbox without network, on exactly this commit: the failing one without this change, all of them with it.",
    "",
    "| Command | Before | After |",
    "| --- | --- | --- |",
    ...rows,
    ...(proof.after.length > mostCommands ? [`| … and ${proof.after.length - mostCommands} more | | |`] : []),
    "",
    "| | |",
    "| --- | --- |",
    `| Commit | ${target.commitSha} |`,
    `| Tree with this change | ${code(proof.treeSha)} |`,
    `| Patch (SHA-256) | ${code(proof.patchSha256)} |`,
    `| Sandbox | ${proof.sandbox.kind}, ${code(proof.sandbox.image)} |`,
    "",
  ]
}

const outcome = (result: CommandResult): string =>
  `${result.exitCode === 0 ? "✅" : "❌"} exit ${result.exitCode}${endedBy(result)}, ${duration(result.durationMs)}`

const lookAt = ({ proof }: Delivery): ReadonlyArray<string> =>
  proof.findings.length === 0
    ? []
    : [
        "### Look at this first",
        "",
        ...proof.findings
          .slice(0, 20)
          .map(({ rule, file, detail }) => `- **${rule.replaceAll("-", " ")}** in ${code(file, 300)}: ${prose(detail, 300)}`),
        "",
      ]

const check = ({ runId, target, proof, proposal }: Delivery, room: Room): ReadonlyArray<string> => [
  "<details><summary><b>Check it yourself</b></summary>",
  "",
  "In a clone of this repository:",
  "",
  block(replayLines(runId, target, proof), room.exact * 2, "sh", true),
  "",
  "Or let ci-fix-pilot heal this commit again on your machine, from the beginning:",
  "",
  block(healLine(target, proof, proposal), room.exact, "sh", true),
  "",
  "</details>",
  "",
]

const ending = ({ runId, target, approvedBy, runUrl }: Delivery): ReadonlyArray<string> => [
  "### Not what you want?",
  "",
  `Close this pull request, or say no on the run's page. Nothing else happens: ci-fix-pilot never pushes to ${code(target.branch)}, and it lets go as soon as somebody else moves that branch.`,
  "",
  "---",
  `<sub>Opened by ci-fix-pilot from ${code(fixBranch(runId))}. ${link(runId, runUrl)}${approvedBy === undefined ? "" : ` Approved by ${prose(approvedBy, 100)}.`}</sub>`,
  "",
]

const link = (runId: RunId, runUrl: string | undefined): string => {
  const url = runUrl === undefined ? null : URL.parse(runUrl)
  if (url === null || !/^https?:$/u.test(url.protocol)) return `Run ${code(runId)}.`
  return `Every step of it: [${runId.replaceAll("_", "\\_")}](<${url.href.replace(/[<>]/gu, encodeURIComponent)}>).`
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`
const more = (number: number, before: string): ReadonlyArray<string> => (number > 0 ? [`${before}… and ${number} more`] : [])
