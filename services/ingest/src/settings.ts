import { isLoopback } from "@ci-fix-pilot/contract/http"
import { Config, Effect, Redacted, Schema } from "effect"

/** ingest must not listen where anybody can reach it without a secret to check signatures with. */
class SecretMissing extends Schema.TaggedError<SecretMissing>()("SecretMissing", { host: Schema.String }) {
  override get message() {
    return `CI_HEALING_WEBHOOK_SECRET must be set to listen on ${this.host}: only loopback may go without`
  }
}

export interface Settings {
  readonly enabled: boolean
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** The current secret first, then the previous one while senders are being changed. */
  readonly secrets: ReadonlyArray<string>
  /** Whether `sha256(secret + ":" + errorLog)` signatures are accepted too. */
  readonly legacySignature: boolean
  /** Globs (`acme/*`); empty: every repository. */
  readonly allowedRepositories: ReadonlyArray<string>
  /** Accepted webhooks a minute and repository; also the burst. */
  readonly perMinute: number
  /** The largest body, in bytes. */
  readonly maxBytes: number
  /** A sender that needs longer than this (ms) for its body is cut off. */
  readonly bodyTimeoutMs: number
}

const mebibyte = 1_024 * 1_024

const whole = (name: string, fallback: number, minimum: number, maximum: number) =>
  Config.schema(Schema.Int.check(Schema.isBetween({ minimum, maximum })), name).pipe(Config.withDefault(fallback))
const secret = (name: string) => Config.Redacted(name).pipe(Config.withDefault(Redacted.make("")))
const list = (text: string) =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "")

/** Reads the environment. Fails with SecretMissing where a secret is required. */
export const settings = Effect.gen(function* () {
  const secrets = [yield* secret("CI_HEALING_WEBHOOK_SECRET"), yield* secret("CI_HEALING_WEBHOOK_SECRET_PREVIOUS")]
  const read: Settings = {
    enabled: yield* Config.Boolean("CI_HEALING_ENABLED").pipe(Config.withDefault(true)),
    host: yield* Config.String("CI_HEALING_HOST").pipe(Config.withDefault("127.0.0.1")),
    port: yield* whole("CI_HEALING_INGEST_PORT", 3001, 0, 65_535),
    secrets: secrets.map(Redacted.value).filter((value) => value !== ""),
    legacySignature: yield* Config.Boolean("CI_HEALING_WEBHOOK_LEGACY_SIGNATURE").pipe(Config.withDefault(false)),
    allowedRepositories: list(yield* Config.String("CI_HEALING_ALLOWED_REPOSITORIES").pipe(Config.withDefault(""))),
    perMinute: yield* whole("CI_HEALING_WEBHOOKS_PER_MINUTE", 6_000, 1, 100_000_000),
    maxBytes: yield* whole("CI_HEALING_WEBHOOK_MAX_BYTES", 5 * mebibyte, 1_024, 100 * mebibyte),
    bodyTimeoutMs: yield* whole("CI_HEALING_WEBHOOK_BODY_TIMEOUT_MS", 10_000, 100, 600_000),
  }
  if (read.secrets.length === 0 && !isLoopback(read.host)) return yield* new SecretMissing({ host: read.host })
  return read
})
