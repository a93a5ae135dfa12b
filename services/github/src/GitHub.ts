import { Context, type Effect, Schema } from "effect"

/** GitHub knows no such thing, or the credential may not see it (404, 410). */
export class NotFound extends Schema.TaggedError<NotFound>()("NotFound", { what: Schema.String }) {
  override get message() {
    return `not found: ${this.what}`
  }
}
/** The change clashes with what is there (405, 409, 422): look up what is there. `why` is GitHub's own sentence. */
export class Conflict extends Schema.TaggedError<Conflict>()("Conflict", { what: Schema.String, why: Schema.String }) {
  override get message() {
    return `${this.what}: ${this.why}`
  }
}
/** The credential lacks a right (403 without a limit). */
export class Forbidden extends Schema.TaggedError<Forbidden>()("Forbidden", { what: Schema.String, why: Schema.String }) {
  override get message() {
    return `${this.what}: ${this.why}`
  }
}
/** The credential is not good (401), also after it was refreshed once. */
export class Unauthorized extends Schema.TaggedError<Unauthorized>()("Unauthorized", { what: Schema.String, why: Schema.String }) {
  override get message() {
    return `${this.what}: ${this.why}`
  }
}
/** GitHub says to wait (403 or 429 with a limit), in milliseconds. Nothing happened. */
export class RateLimited extends Schema.TaggedError<RateLimited>()("RateLimited", { afterMs: Schema.Int, why: Schema.String }) {
  override get message() {
    return `${this.why} (wait ${this.afterMs} ms)`
  }
}
/** Nobody knows whether it happened: 5xx, a reset connection, no answer in time. Look before repeating a change. */
export class Unclear extends Schema.TaggedError<Unclear>()("Unclear", { what: Schema.String, why: Schema.String }) {
  override get message() {
    return `${this.what}: ${this.why}`
  }
}
/** The answer does not fit GitHub's API description. Whether a change happened is unknown. */
export class Garbled extends Schema.TaggedError<Garbled>()("Garbled", { what: Schema.String, why: Schema.String }) {
  override get message() {
    return `${this.what}: ${this.why}`
  }
}

export type GitHubError = NotFound | Conflict | Forbidden | Unauthorized | RateLimited | Unclear | Garbled

export type MergeMethod = "merge" | "squash" | "rebase"
export interface RepositoryFacts {
  readonly defaultBranch: string
  /** The ways to merge that the repository's settings allow, the one that keeps the proven commit first. */
  readonly mergeMethods: ReadonlyArray<MergeMethod>
}

/** A git identity at a time (ISO 8601, UTC). */
export interface Person {
  readonly name: string
  readonly email: string
  readonly date: string
}
export interface Commit {
  readonly sha: string
  readonly treeSha: string
  readonly parents: ReadonlyArray<string>
  readonly author: Person
  readonly committer: Person
}

export interface TreeEntry {
  readonly path: string
  readonly mode: string
  readonly type: string
  readonly sha: string
}
/** One changed path of a new tree: text, an existing blob, or `null` to remove it. `mode` as git writes it (`100644`). */
export type TreeChange = { readonly path: string; readonly mode: string } & ({ readonly content: string } | { readonly sha: string | null })

/** An attempt of a workflow run. `conclusion` is absent while it runs; `headRepository` is absent when the fork is gone. */
export interface WorkflowRun {
  readonly id: number
  readonly attempt: number
  readonly workflowId: number
  readonly path: string
  readonly headSha: string
  /** Its name as it is now (`owner/name`). */
  readonly repository: string
  readonly headRepository: string | undefined
  readonly conclusion: string | undefined
  /** Who caused the run: not forgeable, unlike a commit's author. */
  readonly actor: string | undefined
}
export interface Job {
  readonly id: number
  readonly name: string
  readonly conclusion: string | undefined
  readonly steps: ReadonlyArray<{ readonly name: string; readonly conclusion: string | undefined }>
}

export interface Pull {
  readonly number: number
  readonly url: string
  readonly state: "open" | "closed"
  readonly merged: boolean
  /** Known only when one pull request was asked for. */
  readonly mergedBy: string | undefined
  readonly headRef: string
  readonly headSha: string
  /** Absent when the fork is gone. */
  readonly headRepository: string | undefined
  /** The repository that it goes into, by its name as it is now (`owner/name`). */
  readonly repository: string
  readonly baseRef: string
  readonly author: string | undefined
  /** GitHub's `author_association`, such as `MEMBER`. */
  readonly association: string
  readonly body: string
  readonly labels: ReadonlyArray<string>
}
export interface NewPull {
  readonly title: string
  readonly body: string
  readonly head: string
  readonly base: string
}

export type Permission = "admin" | "write" | "read" | "none"
export type ChecksConclusion = "pending" | "success" | "failure"
/** The bytes of a log: plain text, or a zip of texts. */
export type LogStream = ReadableStream<Uint8Array>

type Ask<A> = Effect.Effect<A, GitHubError>

/**
 * What this service reads and changes on GitHub, one repository (`owner/name`) at a time. Layer: `GitHub.octokit`.
 * Reads that fail in passing are not repeated here; a garbled read is asked once more.
 * Changes: send each through `change-github.ts`, which knows when it may be sent and what to do when the answer is unclear.
 */
export class GitHub extends Context.Service<
  GitHub,
  {
    readonly repository: (repository: string) => Ask<RepositoryFacts>
    /** The commit at the head of a branch. NotFound: no such branch. */
    readonly branchHead: (repository: string, branch: string) => Ask<string>
    readonly commit: (repository: string, sha: string) => Ask<Commit>
    /** The login that GitHub matches to a commit's author. Forgeable: whoever commits chooses the address. */
    readonly commitAuthor: (repository: string, sha: string) => Ask<string | undefined>
    /** One level of a tree. */
    readonly tree: (repository: string, treeSha: string) => Ask<ReadonlyArray<TreeEntry>>
    readonly blob: (repository: string, sha: string) => Ask<Uint8Array>
    /** A file's text at a commit, if it is a file of at most 1 MB. */
    readonly fileText: (repository: string, path: string, commit: string) => Ask<string>
    /** Where two commits meet, and whether `base` is an ancestor of (or the same as) `head`. */
    readonly compare: (repository: string, base: string, head: string) => Ask<{ readonly mergeBase: string; readonly isAncestor: boolean }>
    readonly permission: (repository: string, login: string) => Ask<Permission>

    readonly workflowRun: (repository: string, runId: number, attempt: number | undefined) => Ask<WorkflowRun>
    /** The newest runs of a commit, at most 100. */
    readonly workflowRunsAt: (repository: string, sha: string) => Ask<ReadonlyArray<WorkflowRun>>
    /** The newest successful runs of a workflow on a branch, newest first, at most 20. */
    readonly successfulRuns: (repository: string, workflowId: number, branch: string) => Ask<ReadonlyArray<WorkflowRun>>
    readonly jobs: (repository: string, runId: number, attempt: number) => Ask<ReadonlyArray<Job>>
    /** A job's log. The stream must be read or cancelled. */
    readonly jobLog: (repository: string, jobId: number) => Ask<LogStream>
    /** The zip of all logs of an attempt; it exists only when the attempt has ended. The stream must be read or cancelled. */
    readonly attemptLogs: (repository: string, runId: number, attempt: number) => Ask<LogStream>

    readonly pull: (repository: string, number: number) => Ask<Pull>
    /** Pull requests from a branch of `owner`'s repository, in any state, newest first, at most 100. */
    readonly pullsFrom: (repository: string, owner: string, branch: string) => Ask<ReadonlyArray<Pull>>
    /** The newest `enough` open pull requests that match, among the newest 1,000. */
    readonly openPulls: (repository: string, matches: (pull: Pull) => boolean, enough: number) => Ask<ReadonlyArray<Pull>>
    /** All check runs and statuses of a commit as one word; `pending` when there are none. */
    readonly checks: (repository: string, sha: string) => Ask<ChecksConclusion>

    /** Waits until the next change may be sent: GitHub wants a second between changes. */
    readonly turn: Effect.Effect<void>
    readonly createBlob: (repository: string, bytes: Uint8Array) => Ask<string>
    readonly createTree: (repository: string, baseTree: string, changes: ReadonlyArray<TreeChange>) => Ask<string>
    readonly createCommit: (
      repository: string,
      commit: { readonly message: string; readonly tree: string; readonly parent: string; readonly author: Person },
    ) => Ask<string>
    /** Conflict when the branch exists. */
    readonly createBranch: (repository: string, branch: string, sha: string) => Ask<void>
    /** NotFound when there is no such branch. */
    readonly deleteBranch: (repository: string, branch: string) => Ask<void>
    /** Conflict when one is open already, or there is nothing to merge. */
    readonly createPull: (repository: string, pull: NewPull) => Ask<Pull>
    readonly closePull: (repository: string, number: number, body: string) => Ask<Pull>
    readonly addLabel: (repository: string, number: number, label: string) => Ask<void>
    /** Merges only while the head is `headSha`. Conflict when GitHub will not. */
    readonly merge: (repository: string, number: number, headSha: string, method: MergeMethod) => Ask<void>
  }
>()("ci-fix-pilot/GitHub") {}
