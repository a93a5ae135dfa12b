import { CommitSha, Repository } from "@ci-fix-pilot/contract/ids"
import { Schema } from "effect"

/** The parts of GitHub's webhooks that we read (https://docs.github.com/en/webhooks/webhook-events-and-payloads). */
const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Nullable = Schema.NullOr(Schema.String)
const Owner = Schema.Struct({ full_name: Repository })
const PullReference = Schema.Struct({ number: Count })
const pullReferences = Schema.optionalKey(Schema.Array(PullReference))

export const WorkflowRunPayload = Schema.Struct({
  action: Schema.String,
  repository: Owner,
  workflow_run: Schema.Struct({
    id: Count,
    workflow_id: Count,
    run_attempt: Schema.optionalKey(Count),
    name: Schema.optionalKey(Nullable),
    display_title: Schema.optionalKey(Schema.String),
    html_url: Schema.optionalKey(Schema.String),
    head_branch: Nullable,
    head_sha: CommitSha,
    conclusion: Nullable,
    head_repository: Schema.optionalKey(Schema.NullOr(Owner)),
    pull_requests: pullReferences,
  }),
})

export const CheckRunPayload = Schema.Struct({
  action: Schema.String,
  repository: Owner,
  check_run: Schema.Struct({
    name: Schema.String,
    head_sha: CommitSha,
    status: Schema.optionalKey(Schema.String),
    conclusion: Nullable,
    html_url: Schema.optionalKey(Nullable),
    details_url: Schema.optionalKey(Nullable),
    app: Schema.NullOr(Schema.Struct({ slug: Schema.optionalKey(Schema.String) })),
    check_suite: Schema.Struct({ head_branch: Nullable }),
    pull_requests: pullReferences,
  }),
})

export const PullRequestPayload = Schema.Struct({
  action: Schema.String,
  repository: Owner,
  pull_request: Schema.Struct({
    number: Count,
    html_url: Schema.optionalKey(Schema.String),
    merged: Schema.optionalKey(Schema.NullOr(Schema.Boolean)),
    head: Schema.Struct({ ref: Schema.String, sha: CommitSha, repo: Schema.NullOr(Owner) }),
    merged_by: Schema.optionalKey(Schema.NullOr(Schema.Struct({ login: Schema.String }))),
  }),
  sender: Schema.optionalKey(Schema.Struct({ login: Schema.String })),
})
