import { redactText } from "@ci-fix-pilot/failure/redact"
import { Effect, Redacted, Schema } from "effect"
import { EmbeddingFailed, Embeddings } from "./Embeddings.ts"
import { readBounded } from "./read-bounded.ts"

/** An endpoint that speaks OpenAI's API (https://platform.openai.com/docs/api-reference/embeddings). `url` ends before `/embeddings`. */
export interface EndpointSettings {
  readonly url: string
  readonly key: Redacted.Redacted | undefined
  readonly model: string
  readonly timeoutMs: number
}

/** pgvector's longest vector. */
const longestVector = 16_000
/** A vector of that length, written out with room to spare. */
const longestAnswerBytes = 1024 * 1024
/** What a model with a short memory takes: 512 tokens. */
const shortText = 1_200
const defaultWaitMs = 30_000
const longestWaitMs = 3_600_000

const Answer = Schema.fromJsonString(
  Schema.Struct({
    data: Schema.Array(
      Schema.Struct({ embedding: Schema.Array(Schema.Finite).check(Schema.isMinLength(1), Schema.isMaxLength(longestVector)) }),
    ).check(Schema.isMinLength(1)),
  }),
)
const decodeAnswer = Schema.decodeUnknownEffect(Answer)
const Refusal = Schema.fromJsonString(
  Schema.Struct({ error: Schema.Struct({ message: Schema.String, code: Schema.optionalKey(Schema.NullOr(Schema.String)) }) }),
)
const decodeRefusal = Schema.decodeUnknownOption(Refusal)

const away = (why: string) => new EmbeddingFailed({ why: `the embedding service ${why}`, permanent: false })

interface Said {
  readonly status: number
  readonly retryAfter: string | null
  readonly text: string
}

const send = ({ url, key, model, timeoutMs }: EndpointSettings, input: string) =>
  Effect.tryPromise({
    try: async (signal): Promise<Said> => {
      const response = await fetch(`${url}/embeddings`, {
        method: "POST",
        body: JSON.stringify({ model, input, encoding_format: "float" }),
        headers: { "content-type": "application/json", ...(key === undefined ? {} : { authorization: `Bearer ${Redacted.value(key)}` }) },
        // A redirect would take the key along.
        redirect: "manual",
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      })
      return {
        status: response.status,
        retryAfter: response.headers.get("retry-after"),
        text: await readBounded(response, longestAnswerBytes),
      }
    },
    catch: () => away("did not answer"),
  })

const failureOf = ({ status, retryAfter, text }: Said, key: string) => {
  const refusal = decodeRefusal(text)
  const { message, code } = refusal._tag === "Some" ? refusal.value.error : { message: "no reason given", code: undefined }
  const why = `the embedding service answered ${status}: ${redactText(message, { values: [key] })}`.slice(0, 500)
  if (status === 429 && code !== "insufficient_quota") {
    const seconds = Number(retryAfter ?? Number.NaN)
    const afterMs = Number.isFinite(seconds) ? Math.min(longestWaitMs, Math.max(1_000, Math.ceil(seconds * 1_000))) : defaultWaitMs
    return new EmbeddingFailed({ why, permanent: false, afterMs })
  }
  return new EmbeddingFailed({ why, permanent: status < 500 && status !== 408 })
}

/** Length 1, so that a cosine is a product; a vector of nothing has no direction. */
const toUnit = (vector: ReadonlyArray<number>) => {
  const length = Math.hypot(...vector)
  return length > 0 && Number.isFinite(length) ? Effect.succeed(vector.map((value) => value / length)) : Effect.fail(away("sent no vector"))
}

const isTooLong = ({ status }: Said) => status === 400 || status === 413 || status === 422

/** Asks once, or twice where a text seems too long for the model. */
export const make = (settings: EndpointSettings) => {
  const key = settings.key === undefined ? "" : Redacted.value(settings.key)
  const embed = Effect.fnUntraced(function* (text: string) {
    // Redacted where the log was fetched; once more before it leaves for somebody else's machine.
    const input = redactText(text, { values: [key] }).trim() || "no output"
    const first = yield* send(settings, input)
    const said = isTooLong(first) && input.length > shortText ? yield* send(settings, input.slice(0, shortText).toWellFormed()) : first
    if (said.status !== 200) return yield* failureOf(said, key)
    const answer = yield* Effect.mapError(decodeAnswer(said.text), () => away("sent no vector"))
    const vector = yield* toUnit(answer.data[0]?.embedding ?? [])
    // A name may get another model behind it: with the length in it, vectors that cannot be compared have different names.
    return { model: `${settings.model}/${vector.length}`, vector }
  })

  let refused: string | undefined
  const note = (why: string | undefined) =>
    Effect.sync(() => {
      refused = why
    })
  return Embeddings.of({
    embed: (text) =>
      embed(text).pipe(
        Effect.tap(note(undefined)),
        Effect.tapError(({ permanent, why }) => (permanent ? note(why) : Effect.void)),
      ),
    notes: Effect.sync(() =>
      refused === undefined
        ? []
        : [`${refused}: failures are compared by hashed words meanwhile; check CI_HEALING_EMBEDDINGS_URL, _KEY and _MODEL`],
    ),
  })
}
