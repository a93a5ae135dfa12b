import { Effect, Redacted, Schema } from "effect"
import { passedOn } from "./upload-pack-request.ts"

/** A fetch could not be passed on. */
export class NotForwarded extends Schema.TaggedError<NotForwarded>()("NotForwarded", {
  code: Schema.Literals(["upstream-away", "upstream-moved"]),
  why: Schema.String,
}) {
  override get message() {
    return this.why
  }
}

const mostRedirects = 3

/**
 * Sends a step of a fetch to GitHub with the credential, and gives GitHub's answer unread. Redirects are followed on the same origin only
 * (a repository that was renamed), and only for the first step, which has no body.
 */
export const forward = Effect.fnUntraced(function* (request: Request, upstream: URL, secret: Redacted.Redacted | undefined) {
  const headers = { ...passedOn(request.headers), "accept-encoding": "identity", "user-agent": "git/ci-fix-pilot", ...basic(secret) }
  let url = upstream
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    const target = url
    const answer = yield* Effect.tryPromise({
      try: () => fetch(target, { method: request.method, headers, body: request.body, redirect: "manual", signal: request.signal }),
      catch: (error) => new NotForwarded({ code: "upstream-away", why: error instanceof Error ? error.message : String(error) }),
    })
    if (answer.status < 300 || answer.status >= 400) return answer
    yield* Effect.promise(async () => answer.body?.cancel())
    const next = URL.parse(answer.headers.get("location") ?? "", target)
    if (next === null || next.origin !== upstream.origin || request.method !== "GET") break
    url = next
  }
  return yield* new NotForwarded({ code: "upstream-moved", why: `${upstream.pathname} is redirected elsewhere` })
})

/** How GitHub takes tokens of any kind from git. */
const basic = (secret: Redacted.Redacted | undefined): Record<string, string> =>
  secret === undefined ? {} : { authorization: `Basic ${Buffer.from(`x-access-token:${Redacted.value(secret)}`).toString("base64")}` }

/** GitHub's answer as it goes to the client: status and body, and no header but those of the protocol. */
export const relay = (answer: Response): Response => {
  const names = ["content-type", "cache-control", "expires", "pragma"]
  const headers = names.flatMap((name) => (answer.headers.get(name) === null ? [] : [[name, answer.headers.get(name) ?? ""]]))
  // A refusal of our credential must not make git ask its user for another one.
  return new Response(answer.body, { status: answer.status === 401 ? 403 : answer.status, headers: Object.fromEntries(headers) })
}
