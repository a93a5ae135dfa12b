/**
 * A read-only git host on the internal network: the validator mirrors from it, so that private repositories work and no GitHub
 * credential leaves this service. Exactly the two requests of a fetch are passed on; everything else is refused.
 */
import { Config, Effect, Layer, Redacted } from "effect"
import { Credential } from "./Credential.ts"
import { forward, type NotForwarded, relay } from "./forward-fetch.ts"
import type { GitHubError } from "./GitHub.ts"
import { optionalSecret } from "./optional-secret.ts"
import { isLoopback, readUploadPack, shows, type UploadPack, upstreamOf } from "./upload-pack-request.ts"

const settings = Config.all({
  gitUrl: Config.String("GITHUB_URL").pipe(Config.withDefault("https://github.com")),
  host: Config.String("CI_HEALING_MIRROR_HOST").pipe(Config.withDefault("127.0.0.1")),
  /** 0: any free port; the address is logged. */
  port: Config.Int("CI_HEALING_MIRROR_PORT").pipe(Config.withDefault(3003)),
  token: optionalSecret("CI_HEALING_MIRROR_TOKEN"),
})

/** What a client sends while it negotiates; a fetch of a huge repository stays far below (bytes). */
const mostNegotiation = 32 * 1024 * 1024

const codes = {
  unauthorized: [401, "the mirror's token is missing or wrong"],
  "not-served": [404, "only fetches are served: /git/<owner>/<name>.git"],
  "no-credential": [502, "GitHub's credential could not be had"],
  "upstream-away": [502, "GitHub could not be reached"],
  "upstream-moved": [502, "GitHub sent the request elsewhere, where the credential does not go"],
} as const

const refuse = (code: keyof typeof codes): Response => {
  const [status, message] = codes[code]
  const headers: Record<string, string> = code === "unauthorized" ? { "www-authenticate": 'Basic realm="ci-fix-pilot"' } : {}
  return Response.json({ error: { code, message } }, { status, headers })
}

/** Passes one step of a fetch on; a credential that GitHub refuses is renewed and the first step sent again. */
const passOn = Effect.fn("upload-pack")(
  function* (gitUrl: string, request: Request, wanted: UploadPack) {
    const credential = yield* Credential
    const once = Effect.flatMap(credential.token(wanted.repository), (secret) => forward(request, upstreamOf(gitUrl, wanted), secret))
    const first = yield* once
    if (first.status !== 401 || wanted.step === "pack") return relay(first)
    yield* Effect.promise(async () => first.body?.cancel())
    yield* credential.renew(wanted.repository)
    return relay(yield* once)
  },
  Effect.catch((error: GitHubError | NotForwarded) =>
    Effect.as(
      Effect.logWarning("a fetch was not passed on", { why: error.message }),
      refuse(error._tag === "NotForwarded" ? error.code : "no-credential"),
    ),
  ),
)

/** Listens until the scope closes; gives where. Beyond loopback it does not start without `CI_HEALING_MIRROR_TOKEN`. */
export const listen = Effect.gen(function* () {
  const { gitUrl, host, port, token } = yield* settings
  if (token === undefined && !isLoopback(host)) {
    return yield* Effect.die(
      new Error(`CI_HEALING_MIRROR_TOKEN must be set: the git mirror would listen on ${host}, where others can reach it`),
    )
  }
  const run = Effect.runPromiseWith(yield* Effect.context<Credential>())
  const admits = (headers: Headers) =>
    // Without a token, a page in a browser must not reach it by another name for this machine.
    token === undefined ? isLoopback(headers.get("host") ?? "") : shows(headers.get("authorization"), Redacted.value(token))

  const server = yield* Effect.acquireRelease(
    Effect.sync(() =>
      Bun.serve({
        hostname: host,
        port,
        maxRequestBodySize: mostNegotiation,
        fetch: (request, self) => {
          if (!admits(request.headers)) return refuse("unauthorized")
          const wanted = readUploadPack(request.method, new URL(request.url))
          if (wanted === undefined) return refuse("not-served")
          // GitHub may think for minutes before the first byte of a large pack.
          self.timeout(request, 0)
          return run(passOn(gitUrl, request, wanted))
        },
      }),
    ),
    (listening) => Effect.promise(() => listening.stop(true)),
  )
  const url = `http://${server.hostname}:${server.port}/git`
  yield* Effect.logInfo("the git mirror listens", { url })
  return url
})

export const layer = Layer.effectDiscard(listen)
