import { defaultPolicy, type Policy } from "@ci-fix-pilot/lifecycle/policy"
import { Config, Context, Effect, Layer, Option, Schema } from "effect"

const day = 24 * 3_600_000

/** US dollars; 0: nothing may be spent. */
const dollars = (name: string, fallback: number) =>
  Config.schema(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 100_000 })), name).pipe(Config.withDefault(fallback))
const whole = (name: string, fallback: number, minimum: number, maximum: number) =>
  Config.schema(Schema.Int.check(Schema.isBetween({ minimum, maximum })), name).pipe(Config.withDefault(fallback))
const count = (name: string, fallback: number, minimum = 1) => whole(name, fallback, minimum, 1_000_000)
const ms = (name: string, fallback: number) => whole(name, fallback, 1_000, 365 * day)
const flag = (name: string, fallback: boolean) => Config.Boolean(name).pipe(Config.withDefault(fallback))

const fromEnvironment = Effect.gen(function* () {
  const d = defaultPolicy
  return {
    maxAttempts: yield* count("CI_HEALING_MAX_ATTEMPTS", d.maxAttempts),
    maxCostUsd: yield* dollars("CI_HEALING_MAX_COST_USD", d.maxCostUsd),
    maxCallUsd: yield* dollars("CI_HEALING_MAX_CALL_USD", d.maxCallUsd),
    maxWallMs: yield* ms("CI_HEALING_MAX_WALL_MS", d.maxWallMs),
    approvalMs: yield* ms("CI_HEALING_APPROVAL_MS", d.approvalMs),
    runsPerRepository: yield* count("CI_HEALING_RUNS_PER_REPOSITORY", d.runsPerRepository),
    pullRequestsPerRepository: yield* count("CI_HEALING_PULL_REQUESTS_PER_REPOSITORY", d.pullRequestsPerRepository),
    sameSignaturePerDay: yield* count("CI_HEALING_SAME_SIGNATURE_PER_DAY", d.sameSignaturePerDay),
    reproduceTries: yield* count("CI_HEALING_REPRODUCE_TRIES", d.reproduceTries),
    culpritRuns: yield* count("CI_HEALING_CULPRIT_RUNS", d.culpritRuns),
    triesPerCommand: yield* count("CI_HEALING_TRIES_PER_COMMAND", d.triesPerCommand),
    delivery: yield* Config.Literals(["pull-request", "approval", "shadow"], "CI_HEALING_DELIVERY").pipe(Config.withDefault(d.delivery)),
    safeMode: yield* flag("CI_HEALING_SAFE_MODE", d.safeMode),
    githubEnabled: yield* flag("CI_HEALING_GITHUB_ENABLED", d.githubEnabled),
    validationRequired: yield* flag("CI_HEALING_CONTAINER_VALIDATION_REQUIRED", d.validationRequired),
    largeDiffLines: yield* count("CI_HEALING_LARGE_DIFF_LINES", d.largeDiffLines, 0),
    runUrl: Option.getOrUndefined(yield* Config.option(Config.String("CI_HEALING_RUN_URL"))),
  } satisfies Policy
})

/** The bounds that this installation set, read from the environment once at the start. */
export class PolicyConfig extends Context.Service<PolicyConfig, Policy>()("ci-fix-pilot/PolicyConfig") {
  static readonly layer = Layer.effect(PolicyConfig, fromEnvironment)
}
