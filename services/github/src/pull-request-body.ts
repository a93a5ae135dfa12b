import type { RunId } from "@ci-fix-pilot/contract/ids"
import { healLine, replayLines } from "@ci-fix-pilot/contract/replay-lines"
import { fixBranch } from "@ci-fix-pilot/contract/run-id"
import { isSameCommand } from "@ci-fix-pilot/contract/same-command"
import type { CommandResult, Diagnosis, Proof, Proposal, Target } from "@ci-fix-pilot/contract/values"
import { redactText } from "@ci-fix-pilot/failure/redact"
import { changedFiles } from "./changed-files.ts"
import { duration } from "./duration.ts"
import { block, code, prose } from "./markdown.ts"

/** All that a pull request's text says. */
export interface Delivery {
  readonly runId: RunId
  readonly target: Target
  readonly diagnosis: Diagnosis
  readonly proposal: Proposal
  readonly proof: Proof
  readonly setAside?: ReadonlyArray<CommandResult> | undefined
  readonly approvedBy?: string | undefined
  readonly runUrl?: string | undefined
}

/** GitHub takes 65,536 characters. */
const mostCharacters = 60_000
const mostRows = 30

/** How much is shown of what others wrote (characters): prose, logs, lines to copy, names of files and commands. */
interface Room {
  readonly words: number
  readonly log: number
  readonly exact: number
  readonly name: number
}
const roomy: Room = { words: 4_000, log: 2_000, exact: 8_000, name: 200 }
const tight: Room = { words: 300, log: 800, exact: 2_000, name: 80 }

/**
 * The text of the pull request: what failed, what this changes, the proof, how to check it, how to say no. Everything that a log, a
 * model or a repository wrote is escaped or quoted, and once more searched for secrets. The same delivery gives the same text, of at
 * most 60,000 characters.
 */
export const pullRequestBody = (delivery: Delivery): string => {
  const whole = redactText(render(delivery, roomy))
  return whole.length <= mostCharacters ? whole : redactText(render(delivery, tight))
}

const render = (delivery: Delivery, room: Room): string =>
  [opening, changes, proofTable, leftOut, lookAt, check, ending].flatMap((part) => part(delivery, room)).join("\n")

const opening = ({ target, diagnosis, proof }: Delivery, room: Room): ReadonlyArray<string> => [
  `CI is red on ${code(target.branch, room.name)} at ${target.commitSha}. This turns it green, and the proof is below.`,
  "",
  "### What failed",
  "",
  `${code(proof.before.command.run, room.name)} ended with exit code ${proof.before.exitCode}${endedBy(proof.before)}. ${prose(diagnosis.summary, Math.min(1_000, room.words))}`,
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
  ...fileTable(proposal, room),
  "",
]

const fileTable = ({ patch }: Proposal, room: Room): ReadonlyArray<string> => {
  const files = changedFiles(patch)
  const rows = files
    .slice(0, mostRows)
    .map(({ path, lines }) => `| ${code(path, room.name)} | ${lines?.added ?? "?"} | ${lines?.removed ?? "?"} |`)
  return ["| File | Lines added | Lines removed |", "| --- | ---: | ---: |", ...rows, ...more(files.length, " | |")]
}

const proofTable = ({ target, proof }: Delivery, room: Room): ReadonlyArray<string> => {
  const same = (result: CommandResult) => isSameCommand(result.command, proof.before.command)
  const rows = proof.after.slice(0, mostRows).map((after) => {
    const before = same(after) ? outcome(proof.before) : "–"
    const place = after.command.cwd === "." ? "" : ` in ${code(after.command.cwd, room.name)}`
    return `| ${code(after.command.run, room.name)}${place} | ${before} | ${outcome(after)} |`
  })
  return [
    "### Proof",
    "",
    "Each command ran in a locked-down sandbox without network, on exactly this commit: the failing one without this change, all of them with it.",
    "",
    "| Command | Before | After |",
    "| --- | --- | --- |",
    ...rows,
    ...more(proof.after.length, " | |"),
    "",
    "| | |",
    "| --- | --- |",
    `| Commit | ${target.commitSha} |`,
    `| Tree with this change | ${code(proof.treeSha, 64)} |`,
    `| Patch (SHA-256) | ${code(proof.patchSha256, 64)} |`,
    `| Sandbox | ${proof.sandbox.kind}, ${code(proof.sandbox.image, room.name)} |`,
    ...(proof.sandbox.notInstalled ?? []).map((missing) => `| Not installed | ${code(missing, room.name)} |`),
    "",
  ]
}

const leftOut = ({ setAside = [] }: Delivery, room: Room): ReadonlyArray<string> =>
  setAside.length === 0
    ? []
    : [
        "These were red here before the failing change, too. They are no part of the proof:",
        "",
        ...setAside.slice(0, mostRows).map((result) => `- ${code(result.command.run, room.name)}: ${outcome(result)}`),
        ...(setAside.length > mostRows ? [`- … and ${setAside.length - mostRows} more`] : []),
        "",
      ]

const outcome = (result: CommandResult): string =>
  `${result.exitCode === 0 ? "✅" : "❌"} exit ${result.exitCode}${endedBy(result)}, ${duration(result.durationMs)}`

const lookAt = ({ proof }: Delivery, room: Room): ReadonlyArray<string> =>
  proof.findings.length === 0
    ? []
    : [
        "### Look at this first",
        "",
        ...proof.findings
          .slice(0, 20)
          .map(({ rule, file, detail }) => `- **${rule.replaceAll("-", " ")}** in ${code(file, room.name)}: ${prose(detail, room.name)}`),
        "",
      ]

const check = ({ runId, target, proof, proposal }: Delivery, room: Room): ReadonlyArray<string> => [
  "<details><summary><b>Check it yourself</b></summary>",
  "",
  "In a clone of this repository:",
  "",
  block(replayLines({ branch: fixBranch(runId) }, target, proof), room.exact * 2, "sh", true),
  "",
  "Or let ci-fix-pilot heal this commit again on your machine, from the beginning:",
  "",
  block(healLine(target, proof, proposal), room.exact, "sh", true),
  "",
  "</details>",
  "",
]

const ending = ({ runId, target, approvedBy, runUrl }: Delivery, room: Room): ReadonlyArray<string> => [
  "### Not what you want?",
  "",
  `Close this pull request${runUrl === undefined ? "" : ", or deny it on the run's page"}. Nothing else will happen: ci-fix-pilot opens no second one, and never pushes to ${code(target.branch, room.name)} itself.`,
  "",
  "---",
  `<sub>Opened by ci-fix-pilot from ${code(fixBranch(runId), 64)}. ${link(runId, runUrl)}${approvedBy === undefined ? "" : ` Approved by ${prose(approvedBy, 100)}.`}</sub>`,
  "",
]

const link = (runId: RunId, runUrl: string | undefined): string => {
  const url = runUrl === undefined ? null : URL.parse(runUrl)
  if (url === null || !/^https?:$/u.test(url.protocol)) return `Run ${code(runId, 64)}.`
  return `Every step of it: [${runId.replaceAll("_", "\\_")}](<${url.href.replace(/[<>]/gu, encodeURIComponent)}>).`
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`
/** The row that says how many rows of `all` are not shown. */
const more = (all: number, cells: string): ReadonlyArray<string> => (all > mostRows ? [`| … and ${all - mostRows} more |${cells}`] : [])
