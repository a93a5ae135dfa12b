import type { RunId } from "@ci-fix-pilot/contract/ids"
import { fixBranch } from "@ci-fix-pilot/contract/run-id"
import type { Proof, Proposal, Target } from "@ci-fix-pilot/contract/values"

/** A word for `sh`, quoted only when it must be. */
export const quoted = (word: string): string => (/^[A-Za-z0-9@%+=:,./_-]+$/u.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)

const inFolder = (cwd: string, run: string): string => (cwd === "." ? run.trim() : `(cd ${quoted(cwd)} && ${run.trim()})`)

/** What a person types, in a clone, to see red and green with their own eyes. */
export const replayLines = (runId: RunId, target: Target, { before, treeSha }: Proof): string => {
  const command = inFolder(before.command.cwd, before.command.run)
  return [
    `git fetch origin ${target.commitSha} ${fixBranch(runId)}`,
    `git checkout --detach ${target.commitSha}`,
    command,
    `# red: exit code ${before.exitCode}`,
    "",
    `git diff ${target.commitSha} origin/${fixBranch(runId)} | git apply --index`,
    `git write-tree   # ${treeSha}, the tree that was proven`,
    command,
    "# green: exit code 0",
  ].join("\n")
}

/** The line that makes ci-fix-pilot itself do it all again, from a checkout of ci-fix-pilot. */
export const healLine = (target: Target, { before }: Proof, proposal: Proposal): string =>
  [
    "npm run heal -- PATH-TO-YOUR-CLONE",
    `--commit ${target.commitSha}`,
    ...(proposal.culprit === undefined ? [] : [`--good ${proposal.culprit.goodCommit}`]),
    `--command ${quoted(before.command.run.trim())}`,
  ].join(" ")
