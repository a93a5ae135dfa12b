import { Schema } from "effect"

const Text = Schema.String
const Time = Schema.String
const maybe = Schema.NullOr(Text)

/** What a person may do in a repository, in GitHub's words. */
export const Permission = Schema.Literals(["admin", "write", "read", "none"])
export type Permission = typeof Permission.Type

/** A person as a repository sees them. `association` is GitHub's author_association. */
export const Person = Schema.Struct({
  permission: Permission,
  association: Schema.Literals(["OWNER", "MEMBER", "COLLABORATOR", "CONTRIBUTOR", "FIRST_TIME_CONTRIBUTOR", "NONE"]),
})
export type Person = typeof Person.Type

/** A repository; `people` are those with a standing of their own in it. */
export const RepositoryRow = Schema.Struct({
  id: Schema.Int,
  owner: Text,
  name: Text,
  private: Schema.Boolean,
  defaultBranch: Text,
  /** The full name of the repository this one was forked from. */
  parent: maybe,
  people: Schema.Record(Text, Person),
  createdAt: Time,
  pushedAt: Time,
})
/** A repository; `people` are those with a standing of their own in it. */
export type RepositoryRow = typeof RepositoryRow.Type

/** An account: `email` is how a commit's author is matched to a login. */
export const UserRow = Schema.Struct({ login: Text, name: Text, email: Text })
export type UserRow = typeof UserRow.Type

/** A token handed out: to a person, or (with `expiresAt`, milliseconds since 1970) to an installation of the app. */
export const TokenRow = Schema.Struct({
  token: Text,
  login: Text,
  scope: Schema.Literals(["everything", "person", "installation"]),
  expiresAt: Schema.NullOr(Schema.Number),
})
export type TokenRow = typeof TokenRow.Type

/** A pull request. `headSha` follows its branch while it is open. */
export const PullRow = Schema.Struct({
  id: Schema.Int,
  repository: Text,
  number: Schema.Int,
  title: Text,
  body: maybe,
  state: Schema.Literals(["open", "closed"]),
  draft: Schema.Boolean,
  headRepository: Text,
  headRef: Text,
  headSha: Text,
  baseRef: Text,
  baseSha: Text,
  user: Text,
  labels: Schema.Array(Text),
  createdAt: Time,
  updatedAt: Time,
  closedAt: maybe,
  mergedAt: maybe,
  mergedBy: maybe,
  mergeCommitSha: maybe,
})
/** A pull request. `headSha` follows its branch while it is open. */
export type PullRow = typeof PullRow.Type

/** A comment on a pull request. */
export const CommentRow = Schema.Struct({
  id: Schema.Int,
  repository: Text,
  issue: Schema.Int,
  user: Text,
  body: Text,
  createdAt: Time,
})
/** A comment on a pull request. */
export type CommentRow = typeof CommentRow.Type

/** How a run, a job or a step ended, in GitHub's words. */
export const Conclusion = Schema.Literals(["success", "failure", "cancelled", "skipped", "timed_out", "startup_failure"])
export type Conclusion = typeof Conclusion.Type

/** A step of a job. */
const StepRow = Schema.Struct({
  number: Schema.Int,
  name: Text,
  conclusion: Conclusion,
  startedAt: Time,
  completedAt: Time,
})
/** A step of a job. */

/** A job of a run. */
export const JobRow = Schema.Struct({
  id: Schema.Int,
  name: Text,
  conclusion: Conclusion,
  startedAt: Time,
  completedAt: Time,
  steps: Schema.Array(StepRow),
})
/** A job of a run. */
export type JobRow = typeof JobRow.Type

/** One attempt of one workflow run; always completed, since the forge records a run when it has ended. */
export const RunRow = Schema.Struct({
  id: Schema.Int,
  attempt: Schema.Int,
  number: Schema.Int,
  repository: Text,
  headRepository: Text,
  headBranch: Text,
  headSha: Text,
  path: Text,
  name: Text,
  title: Text,
  event: Text,
  actor: Text,
  conclusion: Conclusion,
  createdAt: Time,
  startedAt: Time,
  updatedAt: Time,
  jobs: Schema.Array(JobRow),
})
export type RunRow = typeof RunRow.Type

/** A commit status. */
export const StatusRow = Schema.Struct({
  id: Schema.Int,
  repository: Text,
  sha: Text,
  state: Schema.Literals(["error", "failure", "pending", "success"]),
  context: Text,
  description: maybe,
  targetUrl: maybe,
  creator: Text,
  createdAt: Time,
})
/** A commit status. */
export type StatusRow = typeof StatusRow.Type

/** One webhook sent, and what the receiver answered (`statusCode` 0: it could not be reached). */
export const DeliveryRow = Schema.Struct({
  id: Schema.Int,
  guid: Text,
  event: Text,
  action: maybe,
  repository: maybe,
  redelivery: Schema.Boolean,
  deliveredAt: Time,
  durationSeconds: Schema.Number,
  statusCode: Schema.Int,
  response: Text,
})
export type DeliveryRow = typeof DeliveryRow.Type
