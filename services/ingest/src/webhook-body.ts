import { Branch, CommitSha, Repository } from "@ci-fix-pilot/contract/ids"
import { Provider } from "@ci-fix-pilot/contract/values"
import { isWebLink } from "@ci-fix-pilot/contract/web-link"
import { Schema, SchemaTransformation } from "effect"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Line = Schema.String.check(Schema.isMaxLength(2_000))
const Name = Schema.String.check(Schema.isMaxLength(300))
/** Shown as a link and never fetched. */
const Url = Line.check(Schema.makeFilter((text) => isWebLink(text) || "expected an http or https address, without a user or password"))

/** A job that failed, with the names of its failed steps. */
const Job = Schema.Struct({ id: Schema.optionalKey(Count), name: Name, steps: Schema.Array(Name).check(Schema.isMaxLength(500)) })

/** A branch by its name or its full ref: what is left without `refs/heads/` is what has to be a branch. */
const BranchOrRef = Schema.String.pipe(
  Schema.decodeTo(
    Branch,
    SchemaTransformation.transform({ decode: (text) => text.replace(/^refs\/heads\//u, ""), encode: (name: string) => name }),
  ),
)

/** What a CI posts about a failed pipeline. Unknown fields are ignored; what is optional makes the run's identity and report better. */
export const WebhookBody = Schema.Struct({
  provider: Provider,
  repository: Repository,
  branch: BranchOrRef,
  commitSha: CommitSha,
  pipelineUrl: Schema.optionalKey(Url),
  errorType: Schema.optionalKey(Line),
  errorLog: Schema.String.check(Schema.isPattern(/\S/u)),
  workflow: Schema.optionalKey(Name),
  workflowId: Schema.optionalKey(Count),
  workflowRunId: Schema.optionalKey(Count),
  runAttempt: Schema.optionalKey(Count),
  failedJobs: Schema.optionalKey(Schema.Array(Job).check(Schema.isMaxLength(500))),
  fork: Schema.optionalKey(Schema.Boolean),
})
export type WebhookBody = typeof WebhookBody.Type
