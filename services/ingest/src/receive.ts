import { HttpError } from "@ci-fix-pilot/contract/http"
import { sha256Hex } from "@ci-fix-pilot/contract/sha256"
import { Effect } from "effect"
import { acceptFact } from "./accept-fact.ts"
import { makeAllowed } from "./allowed-repositories.ts"
import { type Fact, type Ignored, isIgnored } from "./fact.ts"
import { githubFact } from "./github-facts.ts"
import type { Arrival } from "./Inbox.ts"
import { makeRateLimit } from "./rate-limit.ts"
import { makeReadBody } from "./read-body.ts"
import type { Settings } from "./settings.ts"
import { toFailure } from "./to-failure.ts"
import { isSigned, isSignedLegacy } from "./verify-signature.ts"

const disabled = new HttpError({ code: "disabled", message: "healing is switched off (CI_HEALING_ENABLED)", retryAfter: 300 })
const secretless = new HttpError({ code: "disabled", message: "no secret is set (CI_HEALING_WEBHOOK_SECRET)", retryAfter: 300 })
const badSignature = new HttpError({ code: "bad-signature", message: "the signature is missing or does not fit the body" })
const notJson = new HttpError({
  code: "invalid",
  message: "the body is not JSON",
  fields: [{ field: "body", message: "Expected JSON" }],
})
const githubHeaders = ["x-github-event", "x-github-delivery", "x-hub-signature-256"] as const

const parse = (text: string): Effect.Effect<unknown, HttpError> =>
  Effect.try({ try: (): unknown => JSON.parse(text), catch: () => notJson })

const utf8 = new TextDecoder()
/** GitHub sends JSON, or the same JSON in a form when the webhook was set up so. */
const githubText = (request: Request, body: Uint8Array) =>
  request.headers.get("content-type")?.startsWith("application/x-www-form-urlencoded") === true
    ? (new URLSearchParams(utf8.decode(body)).get("payload") ?? "")
    : utf8.decode(body)

const errorLogOf = (value: unknown) =>
  typeof value === "object" && value !== null && "errorLog" in value && typeof value.errorLog === "string" ? value.errorLog : undefined

/** The two webhooks: who may, what it says, on disk, 202. `now`: monotonic milliseconds. */
export const makeReceivers = (settings: Settings, now: () => number) => {
  const { secrets } = settings
  const readBody = makeReadBody(settings.maxBytes, settings.bodyTimeoutMs)
  const isAllowed = makeAllowed(settings.allowedRepositories)
  const limit = makeRateLimit(settings.perMinute, now)
  const open = Effect.suspend(() => (settings.enabled ? (secrets.length > 0 ? Effect.void : secretless) : disabled))

  const take = Effect.fnUntraced(function* (source: Arrival["source"], fact: Fact, bodySha256: string, request: Request) {
    const seconds = limit.take(fact.repository.toLowerCase())
    if (seconds > 0)
      return yield* new HttpError({
        code: "rate-limited",
        message: `more than ${settings.perMinute} webhooks a minute from ${fact.repository}`,
        retryAfter: seconds,
      })
    const { runId, status, deduplicated } = yield* acceptFact({
      source,
      fact,
      bodySha256,
      traceparent: request.headers.get("traceparent"),
    })
    return { runId, status, deduplicated }
  })

  /** `POST /v1/ci-healing/webhook` */
  const webhook = Effect.fnUntraced(function* (request: Request) {
    yield* open
    const body = yield* readBody(request)
    const signature = request.headers.get("x-ci-signature") ?? ""
    const signed = isSigned(body, signature, secrets)
    if (!signed && !settings.legacySignature) return yield* badSignature
    const value = yield* parse(utf8.decode(body))
    if (!signed && !isSignedLegacy(errorLogOf(value) ?? "", signature, secrets)) return yield* badSignature
    const told = yield* toFailure(value)
    if (isIgnored(told)) return told
    if (!isAllowed(told.repository))
      return yield* new HttpError({ code: "forbidden", message: `${told.repository} is not among CI_HEALING_ALLOWED_REPOSITORIES` })
    return yield* take("webhook", told, sha256Hex(body), request)
  })

  /** `POST /v1/github/webhook` */
  const github = Effect.fnUntraced(function* (request: Request) {
    yield* open
    const missing = githubHeaders.filter((name) => request.headers.get(name) === null)
    if (missing.length > 0)
      return yield* new HttpError({
        code: "missing-header",
        message: `missing headers: ${missing.join(", ")}`,
        fields: missing.map((field) => ({ field, message: "Missing header" })),
      })
    const body = yield* readBody(request)
    if (!isSigned(body, request.headers.get("x-hub-signature-256") ?? "", secrets)) return yield* badSignature
    const bodySha256 = sha256Hex(body)
    const value = yield* parse(githubText(request, body))
    const told: Fact | Ignored = yield* githubFact(request.headers.get("x-github-event") ?? "", value, bodySha256)
    if (isIgnored(told)) return told
    if (!isAllowed(told.repository)) return { ignored: "not among CI_HEALING_ALLOWED_REPOSITORIES" }
    return yield* take("github", told, bodySha256, request)
  })

  return { webhook, github }
}
