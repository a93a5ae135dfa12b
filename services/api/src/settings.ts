import { isLoopback } from "@ci-fix-pilot/contract/http"
import { Config, Effect, Redacted, Schema } from "effect"

/** The API must not listen where anybody can reach it without a token to ask for. */
class TokenMissing extends Schema.TaggedError<TokenMissing>()("TokenMissing", { host: Schema.String }) {
  override get message() {
    return `CI_HEALING_API_TOKEN must be set to listen on ${this.host}: only loopback may go without`
  }
}

export interface Settings {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** Required of every caller when set. */
  readonly token: string | undefined
  /** Live streams served at once. */
  readonly maxStreams: number
}

/** Reads the environment. Fails with TokenMissing where a token is required. */
export const settings = Effect.gen(function* () {
  const token = Redacted.value(yield* Config.Redacted("CI_HEALING_API_TOKEN").pipe(Config.withDefault(Redacted.make(""))))
  const read: Settings = {
    host: yield* Config.String("CI_HEALING_HOST").pipe(Config.withDefault("127.0.0.1")),
    port: yield* Config.Int("PORT").pipe(Config.withDefault(3000)),
    token: token === "" ? undefined : token,
    maxStreams: yield* Config.Int("CI_HEALING_MAX_STREAMS").pipe(Config.withDefault(2_000)),
  }
  if (read.token === undefined && !isLoopback(read.host)) return yield* new TokenMissing({ host: read.host })
  return read
})
