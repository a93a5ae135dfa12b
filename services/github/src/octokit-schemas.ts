import { Schema } from "effect"
import type { Commit, Job, MergeMethod, Pull, RepositoryFacts, TreeEntry, WorkflowRun } from "./GitHub.ts"

/** GitHub's answers, as far as they are read (https://docs.github.com/rest). What does not fit is a garbled answer. */
const Text = Schema.String
const Sha = Schema.String.check(Schema.isPattern(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/u))
const OptionalText = Schema.optionalKey(Schema.NullOr(Text))
const OptionalFlag = Schema.optionalKey(Schema.NullOr(Schema.Boolean))
const Login = Schema.optionalKey(Schema.NullOr(Schema.Struct({ login: Schema.optionalKey(Text) })))

export const RepositoryAnswer = Schema.Struct({
  default_branch: Text,
  allow_merge_commit: OptionalFlag,
  allow_squash_merge: OptionalFlag,
  allow_rebase_merge: OptionalFlag,
})
export const RefAnswer = Schema.Struct({ ref: Text, object: Schema.Struct({ sha: Sha, type: Text }) })
const PersonAnswer = Schema.Struct({ name: Text, email: Text, date: Text })
export const CommitAnswer = Schema.Struct({
  sha: Sha,
  tree: Schema.Struct({ sha: Sha }),
  parents: Schema.Array(Schema.Struct({ sha: Sha })),
  author: PersonAnswer,
  committer: PersonAnswer,
})
export const CommitListAnswer = Schema.Array(Schema.Struct({ sha: Sha, author: Login }))
export const TreeAnswer = Schema.Struct({
  sha: Sha,
  truncated: Schema.optionalKey(Schema.Boolean),
  tree: Schema.Array(Schema.Struct({ path: Text, mode: Text, type: Text, sha: Sha })),
})
export const BlobAnswer = Schema.Struct({ sha: Sha, encoding: Schema.Literal("base64"), content: Text })
export const FileAnswer = Schema.Struct({ type: Schema.Literal("file"), encoding: Schema.Literal("base64"), content: Text })
export const CompareAnswer = Schema.Struct({ behind_by: Schema.Int, merge_base_commit: Schema.Struct({ sha: Sha }) })
export const PermissionAnswer = Schema.Struct({ permission: Schema.Literals(["admin", "write", "read", "none"]) })
export const ShaAnswer = Schema.Struct({ sha: Sha })

export const RunAnswer = Schema.Struct({
  id: Schema.Int,
  run_attempt: Schema.optionalKey(Schema.Int),
  workflow_id: Schema.Int,
  path: Text,
  head_sha: Sha,
  repository: Schema.Struct({ full_name: Text }),
  head_repository: Schema.optionalKey(Schema.NullOr(Schema.Struct({ full_name: Text }))),
  conclusion: OptionalText,
  actor: Login,
})
export const RunsAnswer = Schema.Struct({ workflow_runs: Schema.Array(RunAnswer) })
export const JobsAnswer = Schema.Struct({
  total_count: Schema.Int,
  jobs: Schema.Array(
    Schema.Struct({
      id: Schema.Int,
      name: Text,
      conclusion: OptionalText,
      steps: Schema.optionalKey(Schema.Array(Schema.Struct({ name: Text, conclusion: OptionalText }))),
    }),
  ),
})

export const PullAnswer = Schema.Struct({
  number: Schema.Int,
  html_url: Text,
  state: Schema.Literals(["open", "closed"]),
  merged_at: OptionalText,
  merged_by: Login,
  head: Schema.Struct({ ref: Text, sha: Sha, repo: Schema.optionalKey(Schema.NullOr(Schema.Struct({ full_name: Text }))) }),
  base: Schema.Struct({ ref: Text, repo: Schema.Struct({ full_name: Text }) }),
  user: Login,
  author_association: Schema.optionalKey(Text),
  body: OptionalText,
  labels: Schema.optionalKey(Schema.Array(Schema.Struct({ name: Schema.optionalKey(Text) }))),
})
export const PullsAnswer = Schema.Array(PullAnswer)
export const CheckRunsAnswer = Schema.Struct({
  total_count: Schema.Int,
  check_runs: Schema.Array(Schema.Struct({ status: Text, conclusion: OptionalText })),
})
export const StatusAnswer = Schema.Struct({ state: Text, total_count: Schema.Int })
export const MergeAnswer = Schema.Struct({ merged: Schema.Literal(true) })
export const LabelsAnswer = Schema.Array(Schema.Struct({ name: Text }))
export const InstallationAnswer = Schema.Struct({ id: Schema.Int })
/** 204, of which the SDK makes an empty text. */
export const NoAnswer = Schema.Literals([""])

const loginOf = (user: typeof Login.schema.Type | undefined) => user?.login
const bytesOf = (content: string) => new Uint8Array(Buffer.from(content, "base64"))

export const toRepository = (answer: typeof RepositoryAnswer.Type): RepositoryFacts => {
  const told: ReadonlyArray<readonly [MergeMethod, boolean | null | undefined]> = [
    ["merge", answer.allow_merge_commit],
    ["squash", answer.allow_squash_merge],
    ["rebase", answer.allow_rebase_merge],
  ]
  return { defaultBranch: answer.default_branch, mergeMethods: told.filter(([, allowed]) => allowed !== false).map(([method]) => method) }
}

export const toCommit = (answer: typeof CommitAnswer.Type): Commit => ({
  sha: answer.sha,
  treeSha: answer.tree.sha,
  parents: answer.parents.map((parent) => parent.sha),
  author: answer.author,
  committer: answer.committer,
})

export const toEntries = (answer: typeof TreeAnswer.Type): ReadonlyArray<TreeEntry> => answer.tree
export const toBytes = (answer: typeof BlobAnswer.Type): Uint8Array => bytesOf(answer.content)
export const toText = (answer: typeof FileAnswer.Type): string => new TextDecoder().decode(bytesOf(answer.content))

/** A reusable workflow's path carries its ref (`.github/workflows/ci.yml@refs/heads/main`), which is cut off. */
export const toRun = (answer: typeof RunAnswer.Type): WorkflowRun => ({
  id: answer.id,
  attempt: answer.run_attempt ?? 1,
  workflowId: answer.workflow_id,
  path: answer.path.replace(/@.*$/u, ""),
  headSha: answer.head_sha,
  repository: answer.repository.full_name,
  headRepository: answer.head_repository?.full_name,
  conclusion: answer.conclusion ?? undefined,
  actor: loginOf(answer.actor),
})

export const toJobs = (answer: typeof JobsAnswer.Type): ReadonlyArray<Job> =>
  answer.jobs.map((job) => ({
    id: job.id,
    name: job.name,
    conclusion: job.conclusion ?? undefined,
    steps: (job.steps ?? []).map((step) => ({ name: step.name, conclusion: step.conclusion ?? undefined })),
  }))

export const toPull = (answer: typeof PullAnswer.Type): Pull => ({
  number: answer.number,
  url: answer.html_url,
  state: answer.state,
  merged: typeof answer.merged_at === "string",
  mergedBy: loginOf(answer.merged_by),
  headRef: answer.head.ref,
  headSha: answer.head.sha,
  headRepository: answer.head.repo?.full_name,
  repository: answer.base.repo.full_name,
  baseRef: answer.base.ref,
  author: loginOf(answer.user),
  association: answer.author_association ?? "NONE",
  body: answer.body ?? "",
  labels: (answer.labels ?? []).flatMap((label) => (label.name === undefined ? [] : [label.name])),
})
