import type { Service } from "./ids.ts"

const everywhere = ["NATS_URL", "CI_HEALING_NATS_PASSWORD"]
const withDatabase = ["DATABASE_URL", "CI_HEALING_DATABASE_POOL"]

/** The variables that each service reads: what it says of its configuration when it is asked how it is. A test holds this to `.env.example`. */
export const configuration: Readonly<Record<Service, ReadonlyArray<string>>> = {
  ingest: [
    ...everywhere,
    ...withDatabase,
    "CI_HEALING_WEBHOOK_SECRET",
    "CI_HEALING_WEBHOOK_SECRET_PREVIOUS",
    "CI_HEALING_WEBHOOK_LEGACY_SIGNATURE",
    "CI_HEALING_ENABLED",
    "CI_HEALING_ALLOWED_REPOSITORIES",
    "CI_HEALING_WEBHOOKS_PER_MINUTE",
    "CI_HEALING_WEBHOOK_MAX_BYTES",
    "CI_HEALING_WEBHOOK_BODY_TIMEOUT_MS",
    "CI_HEALING_HOST",
    "CI_HEALING_INGEST_PORT",
  ],
  api: [...everywhere, ...withDatabase, "CI_HEALING_HOST", "CI_HEALING_API_TOKEN", "PORT", "CI_HEALING_MAX_STREAMS"],
  planner: [
    ...everywhere,
    ...withDatabase,
    "CI_HEALING_MAX_ATTEMPTS",
    "CI_HEALING_MAX_COST_USD",
    "CI_HEALING_MAX_CALL_USD",
    "CI_HEALING_MAX_WALL_MS",
    "CI_HEALING_APPROVAL_MS",
    "CI_HEALING_DELIVERY",
    "CI_HEALING_SAFE_MODE",
    "CI_HEALING_GITHUB_ENABLED",
    "CI_HEALING_CONTAINER_VALIDATION_REQUIRED",
    "CI_HEALING_LARGE_DIFF_LINES",
    "CI_HEALING_RUNS_PER_REPOSITORY",
    "CI_HEALING_PULL_REQUESTS_PER_REPOSITORY",
    "CI_HEALING_SAME_SIGNATURE_PER_DAY",
    "CI_HEALING_REPRODUCE_TRIES",
    "CI_HEALING_CULPRIT_RUNS",
    "CI_HEALING_TRIES_PER_COMMAND",
    "CI_HEALING_RETENTION_DAYS",
    "CI_HEALING_RUN_URL",
  ],
  ai: [
    ...everywhere,
    "CI_HEALING_AI_PROVIDER",
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_BASE_URL",
    "CLAUDE_DEFAULT_MODEL",
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    "OPENAI_DEFAULT_MODEL",
    "CI_HEALING_AI_PRICES",
    "CI_HEALING_AI_STALL_TIMEOUT_MS",
    "CI_HEALING_AI_TIMEOUT_MS",
  ],
  memory: [
    ...everywhere,
    ...withDatabase,
    "CI_HEALING_MEMORY_SHARED",
    "CI_HEALING_MEMORY_PER_REPOSITORY",
    "CI_HEALING_EMBEDDINGS_URL",
    "CI_HEALING_EMBEDDINGS_KEY",
    "CI_HEALING_EMBEDDINGS_MODEL",
  ],
  github: [
    ...everywhere,
    "GITHUB_TOKEN",
    "CI_HEALING_GITHUB_APP_ID",
    "CI_HEALING_GITHUB_APP_PRIVATE_KEY",
    "GITHUB_API_URL",
    "GITHUB_URL",
    "CI_HEALING_MIRROR_HOST",
    "CI_HEALING_MIRROR_PORT",
    "CI_HEALING_MIRROR_TOKEN",
    "CI_HEALING_GITHUB_SPACING_MS",
    "CI_HEALING_GITHUB_TIMEOUT_MS",
  ],
  notifier: [...everywhere, "CI_HEALING_SLACK_WEBHOOK_URL", "CI_HEALING_SLACK_EVENTS"],
  validator: [
    ...everywhere,
    "CI_HEALING_SANDBOX",
    "CI_HEALING_SANDBOX_IMAGE",
    "CI_HEALING_SANDBOX_RUNTIME",
    "DOCKER_HOST",
    "CI_HEALING_SANDBOX_OWNER",
    "CI_HEALING_SANDBOX_UID",
    "CI_HEALING_SANDBOX_MEMORY_MB",
    "CI_HEALING_VALIDATOR_CONCURRENCY",
    "CI_HEALING_CONTAINER_VALIDATE_COMMAND",
    "CI_HEALING_CONTAINER_VALIDATE_TIMEOUT_MS",
    "CI_HEALING_SANDBOX_TOOLCHAINS",
    "CI_HEALING_SANDBOX_LIMITS",
    "CI_HEALING_SANDBOX_BUBBLEWRAP",
    "CI_HEALING_WORKSPACE_DIR",
    "CI_HEALING_WORKSPACE_MAX_MB",
    "CI_HEALING_WORKSPACE_VIEWS",
    "CI_HEALING_NPM_REGISTRY",
    "CI_HEALING_NPM_TOKEN",
    "CI_HEALING_PIP_INDEX",
    "CI_HEALING_PIP_TOKEN",
    "CI_HEALING_GO_PROXY",
    "CI_HEALING_GO_TOKEN",
    "CI_HEALING_CARGO_INDEX",
    "CI_HEALING_CARGO_TOKEN",
    "CI_HEALING_MIRROR_URL",
    "CI_HEALING_MIRROR_TOKEN",
  ],
}

const secrets = /(?:PASSWORD|SECRET|TOKEN|_KEY)(?:_|$)|^DATABASE_URL$|SLACK_WEBHOOK_URL$/u

/** Whether a variable's value is never shown. */
export const isSecret = (name: string): boolean => secrets.test(name)

/** Of an address, what may hold a secret. */
const userAndPassword = /(?<=\/\/)[^/?\s]*@/gu
/** An `@` behind a `?`, and no path before it: part of the query or of a password that was not encoded. The text does not say which. */
const either = /(?<=\/\/)[^/?\s]*\?[^/\s]*@\S*/gu
/** As far as the next address of a list. */
const query = /(?<=\/\/[^?\s]*)\?(?:(?!,[a-z][a-z\d+.-]*:\/\/)\S)*/gu

/** A value as people may see it: without the user, the password and the query that an address may hold. At most 500 characters. */
export const shownValue = (value: string): string =>
  [userAndPassword, either, query].reduce((shown, secret) => shown.replaceAll(secret, ""), value).slice(0, 500)
