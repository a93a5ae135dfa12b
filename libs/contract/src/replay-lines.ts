import type { Proof, Proposal, Target } from "./values.ts"

/** Where a person gets the proven change from: the branch of a pull request, or the patch saved as a file. */
export type ChangeSource = { readonly branch: string } | { readonly file: string }

/** A word for `sh`, quoted only when it must be. */
export const quoted = (word: string): string => (/^[A-Za-z0-9@%+=:,./_-]+$/u.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)

const inFolder = (cwd: string, run: string): string => (cwd === "." ? run.trim() : `(cd ${quoted(cwd)} && ${run.trim()})`)

/** What a person types, in a clone, to see red and green with their own eyes. */
export const replayLines = (source: ChangeSource, { commitSha }: Pick<Target, "commitSha">, { before, treeSha }: Proof): string => {
  const command = inFolder(before.command.cwd, before.command.run)
  const branch = "branch" in source ? source.branch : undefined
  return [
    `git fetch origin ${commitSha}${branch === undefined ? "" : ` ${branch}`}`,
    `git checkout --detach ${commitSha}`,
    command,
    `# red: exit code ${before.exitCode}`,
    "",
    "branch" in source
      ? `git diff ${commitSha} origin/${source.branch} | git apply --index`
      : `git apply --index ${quoted(source.file)}   # the patch of this run, downloaded`,
    `git write-tree   # ${treeSha}, the tree that was proven`,
    command,
    "# green: exit code 0",
  ].join("\n")
}

/** The line that makes ci-fix-pilot itself do it all again, from a checkout of ci-fix-pilot. */
export const healLine = (
  { commitSha }: Pick<Target, "commitSha">,
  { before }: Pick<Proof, "before">,
  { culprit }: Pick<Proposal, "culprit">,
): string =>
  [
    "npm run heal -- PATH-TO-YOUR-CLONE",
    `--commit ${commitSha}`,
    ...(culprit === undefined ? [] : [`--good ${culprit.goodCommit}`]),
    `--command ${quoted(before.command.run.trim())}`,
  ].join(" ")
