import { Schema } from "effect"

const textLike = (pattern: RegExp, title: string) => Schema.String.check(Schema.isPattern(pattern)).annotate({ title })

/** A run's name: `run_` and 24 hex digits of the hash of what failed, so that the same failure is always the same run. */
export const RunId = textLike(/^run_[0-9a-f]{24}$/u, "RunId")
/** A full git object name (SHA-1 or SHA-256), lower case. */
export const CommitSha = textLike(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/u, "CommitSha")
/** Lower-case hex SHA-256. */
export const Sha256 = textLike(/^[0-9a-f]{64}$/u, "Sha256")
/** `owner/name`, or a longer path for hosts with groups; no `..`, no leading dash. */
export const Repository = textLike(
  /^[A-Za-z0-9_][A-Za-z0-9_.-]*(?:\/(?!\.\.?(?:\/|$))[A-Za-z0-9_.][A-Za-z0-9_.-]*){1,5}$/u,
  "Repository",
).check(Schema.isMaxLength(200))
/** A git branch name, without `refs/heads/`, as `git check-ref-format` allows it. */
export const Branch = textLike(/^(?![-/.])(?!.*(?:\.\.|\/\/|@\{|\\|\/\.|\.lock(?:\/|$)))[^\p{Cc} ~^:?*[]+(?<![/.])$/u, "Branch").check(
  Schema.isMaxLength(255),
)
/** The hash of what a failure says, without paths, times and numbers that change from run to run: 16 hex digits. */
export const Signature = textLike(/^[0-9a-f]{16}$/u, "Signature")
/** The services of the fleet; each is a token in subjects, durables and database roles. */
export const Service = Schema.Literals(["ingest", "planner", "ai", "memory", "validator", "github", "notifier", "api"])

export type RunId = typeof RunId.Type
export type CommitSha = typeof CommitSha.Type
export type Sha256 = typeof Sha256.Type
export type Repository = typeof Repository.Type
export type Branch = typeof Branch.Type
export type Signature = typeof Signature.Type
export type Service = typeof Service.Type
