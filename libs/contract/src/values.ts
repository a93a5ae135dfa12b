import { Schema } from "effect"
import { Branch, CommitSha, Repository, RunId, Sha256, Signature } from "./ids.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Text = (max: number) => Schema.String.check(Schema.isMaxLength(max))

/** Which CI sent the failure. Only `github` can receive pull requests. */
export const Provider = Schema.Literals(["github", "gitlab", "jenkins", "generic"])
export type Provider = typeof Provider.Type

/** What is being healed: one commit at the head of one branch. */
export const Target = Schema.Struct({ provider: Provider, repository: Repository, branch: Branch, commitSha: CommitSha })
export type Target = typeof Target.Type

/** A large text in the object store. The object may be gone: what refers to it carries a digest that is good enough. */
export const ObjectRef = Schema.Struct({ key: Text(200), sha256: Sha256, bytes: Count })
export type ObjectRef = typeof ObjectRef.Type

/** The telling part of a redacted log. `firstError` is the zero-based line of `text` where the first error stands. */
export const LogDigest = Schema.Struct({
  text: Text(24_000),
  firstError: Schema.optionalKey(Count),
  totalLines: Count,
  totalBytes: Count,
  redactions: Count,
  object: Schema.optionalKey(ObjectRef),
})
export type LogDigest = typeof LogDigest.Type

/** A CI job that failed, and its failed steps in order. */
export const FailedJob = Schema.Struct({ id: Schema.optionalKey(Count), name: Text(300), steps: Schema.Array(Text(300)) })
export type FailedJob = typeof FailedJob.Type

/** Who wrote the failing commit, as GitHub's `author_association` says. `trusted`: may receive a pull request without approval. */
export const Author = Schema.Struct({ login: Text(100), association: Text(40), trusted: Schema.Boolean })
export type Author = typeof Author.Type

/**
 * Shell lines of the plan that must be green, where they run (`.` is the repository's root), who said so, what is added to the
 * environment (never a secret), and which shell runs them with `-e` (`bash` unless told).
 */
export const PlanCommand = Schema.Struct({
  name: Text(300),
  run: Text(8_000),
  cwd: Text(500),
  source: Schema.Literals(["override", "config", "workflow", "detected"]),
  env: Schema.optionalKey(Schema.Record(Text(100), Text(2_000))),
  shell: Schema.optionalKey(Schema.Literals(["sh", "bash"])),
})
export type PlanCommand = typeof PlanCommand.Type

/** What happened to one command in the sandbox. Times in milliseconds; the digest is of its complete output. */
export const CommandResult = Schema.Struct({
  command: PlanCommand,
  exitCode: Schema.Int,
  durationMs: Count,
  timedOut: Schema.Boolean,
  outOfMemory: Schema.Boolean,
  logSha256: Sha256,
  logBytes: Count,
})
export type CommandResult = typeof CommandResult.Type

/**
 * Where a try ran: the sandbox's kind, the image (or toolchain) with its digest, and what the project's manifests ask for to work on it
 * that could not be had (each with why), so that all tries went without.
 */
export const SandboxFacts = Schema.Struct({
  kind: Schema.Literals(["docker", "bubblewrap"]),
  image: Text(300),
  notInstalled: Schema.optionalKey(Schema.Array(Text(300)).check(Schema.isMaxLength(20))),
})
export type SandboxFacts = typeof SandboxFacts.Type

/** A failure seen again in the sandbox: `failing` is the first red command of `plan`. */
export const Reproduction = Schema.Struct({
  plan: Schema.Array(PlanCommand),
  /** Of a guessed plan, what is red here and was before the failing command broke; no part of `plan`, and never asked to be green. */
  setAside: Schema.optionalKey(Schema.Array(CommandResult)),
  failing: CommandResult,
  signature: Signature,
  digest: LogDigest,
  sandbox: SandboxFacts,
})
export type Reproduction = typeof Reproduction.Type

/** What kind of failure it is, in one line and with the place to look. `confidence` is 0 to 1. */
export const Diagnosis = Schema.Struct({
  kind: Schema.Literals(["compile", "test", "lint", "dependency", "configuration", "environment", "timeout", "unknown"]),
  summary: Text(1_000),
  firstError: Text(2_000),
  suspectFiles: Schema.Array(Text(500)).check(Schema.isMaxLength(20)),
  confidence: Schema.Finite,
  by: Schema.Literals(["rules", "model"]),
})
export type Diagnosis = typeof Diagnosis.Type

/** What a model call cost: tokens, and US dollars by the configured price list. */
export const Usage = Schema.Struct({ model: Text(100), inputTokens: Count, outputTokens: Count, costUsd: Schema.Finite })
export type Usage = typeof Usage.Type

/** A unified diff against the failing commit, at most 64 KB; `sha256` is of the exact text. */
export const Patch = Schema.Struct({ diff: Text(65_536), sha256: Sha256, files: Schema.Array(Text(500)), added: Count, removed: Count })
export type Patch = typeof Patch.Type

/** The ways to a fix, cheapest proof first. */
export const Strategy = Schema.Literals(["replay", "model", "revert"])
export type Strategy = typeof Strategy.Type

/** A suggested fix and why it should work; nothing is proven yet. */
export const Proposal = Schema.Struct({
  strategy: Strategy,
  patch: Patch,
  explanation: Text(4_000),
  confidence: Schema.Finite,
  memoryId: Schema.optionalKey(Text(100)),
  culprit: Schema.optionalKey(Schema.Struct({ goodCommit: CommitSha, hunks: Count, reverted: Count, sandboxRuns: Count })),
})
export type Proposal = typeof Proposal.Type

/** A reason why a proven patch must not leave without a person's approval. */
export const Finding = Schema.Struct({
  rule: Schema.Literals(["weakened-test", "protected-path", "large-diff", "new-dependency", "secret", "suspicious-text", "unsafe-patch"]),
  file: Text(500),
  detail: Text(500),
})
export type Finding = typeof Finding.Type

/** Red before, green after: what ran, on which commit, with which patch, and what the gate noticed. */
export const Proof = Schema.Struct({
  commitSha: CommitSha,
  patchSha256: Sha256,
  treeSha: CommitSha,
  before: CommandResult,
  after: Schema.Array(CommandResult),
  sandbox: SandboxFacts,
  findings: Schema.Array(Finding),
})
export type Proof = typeof Proof.Type

/** A remembered fix. `score` is 0 to 1; `why` says in words what made it match. */
export const Match = Schema.Struct({
  memoryId: Text(100),
  score: Schema.Finite,
  why: Text(300),
  signature: Signature,
  repository: Repository,
  branch: Branch,
  outcome: Schema.Literals(["validated", "merged", "rejected"]),
  strategy: Strategy,
  summary: Text(1_000),
  patch: Schema.optionalKey(Patch),
  provenance: Schema.Struct({ runId: RunId, commitSha: CommitSha, pullRequestUrl: Schema.optionalKey(Text(500)) }),
})
export type Match = typeof Match.Type

/** A pull request of ours. `headSha` is the proven commit; `adopted` means it was there already. */
export const PullRequest = Schema.Struct({
  number: Count,
  url: Text(500),
  branch: Branch,
  headSha: CommitSha,
  adopted: Schema.Boolean,
  /** The login that opened it: the name that our own changes of GitHub bear. */
  author: Schema.optionalKey(Text(100)),
})
export type PullRequest = typeof PullRequest.Type

/** What an earlier attempt tried and why the gate said no. */
export const Rejection = Schema.Struct({
  attempt: Count,
  strategy: Strategy,
  why: Text(2_000),
  patchSha256: Schema.optionalKey(Sha256),
  log: Schema.optionalKey(Text(8_000)),
})
export type Rejection = typeof Rejection.Type

/** What a person needs when the machine stops: what failed, what was tried, the evidence, the next step, and a proven patch if there is one. */
export const Report = Schema.Struct({
  reason: Text(2_000),
  failed: Text(2_000),
  tried: Schema.Array(Rejection),
  evidence: Schema.Array(Text(4_000)),
  nextStep: Text(2_000),
  patch: Schema.optionalKey(Patch),
})
export type Report = typeof Report.Type

/** What a reviewer may look at when deciding: a fix that waits to be released, or an open pull request that waits to be merged. */
export const ReviewedPhase = Schema.Literals(["awaiting-approval", "fixed"])
export type ReviewedPhase = typeof ReviewedPhase.Type

/** What a reviewer may do. */
export const ReviewAction = Schema.Literals(["approve", "deny", "abort", "human-fix"])
export type ReviewAction = typeof ReviewAction.Type
