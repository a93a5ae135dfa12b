import { Octokit } from "@octokit/rest"
import { Clock, Config, Context, Effect, Layer, Redacted, Schema } from "effect"
import { Garbled, type GitHubError, NotFound, Unclear } from "./GitHub.ts"
import { readOctokitError } from "./read-octokit-error.ts"

/** One request: a route of GitHub's API description (`GET /repos/{owner}/{repo}`), its parameters, and what the answer must look like. */
export interface Question<A> {
  readonly route: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly token: Redacted.Redacted | undefined
  readonly schema: Schema.Codec<A, unknown>
}

const settings = Config.all({
  baseUrl: Config.String("GITHUB_API_URL").pipe(Config.withDefault("https://api.github.com")),
  timeoutMs: Config.Int("CI_HEALING_GITHUB_TIMEOUT_MS").pipe(Config.withDefault(20_000)),
})

/** The official SDK without its own retries: one request in, a decoded answer or a typed error out. */
export class GitHubClient extends Context.Service<
  GitHubClient,
  {
    readonly ask: <A>(question: Question<A>) => Effect.Effect<A, GitHubError>
    /** The body of a download, unread. The redirect to the storage is followed without the credential. */
    readonly download: (question: Omit<Question<never>, "schema">) => Effect.Effect<ReadableStream<Uint8Array>, GitHubError>
    /** A call of an SDK that sends requests by itself. */
    readonly attempt: <A>(what: string, call: () => Promise<A>) => Effect.Effect<A, GitHubError>
    /** The SDK's own request function, for SDKs that want one. */
    readonly request: Octokit["request"]
  }
>()("ci-fix-pilot/GitHubClient") {
  static readonly layer = Layer.effect(
    GitHubClient,
    Effect.gen(function* () {
      const { baseUrl, timeoutMs } = yield* settings
      const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
      const octokit = new Octokit({ baseUrl: baseUrl.replace(/\/+$/u, ""), userAgent: "ci-fix-pilot", log: quiet })

      const attempt = <A>(what: string, call: (signal: AbortSignal) => Promise<A>): Effect.Effect<A, GitHubError> =>
        Effect.tryPromise({ try: call, catch: (error) => error }).pipe(
          Effect.timeoutOrElse({
            duration: timeoutMs,
            orElse: () => Effect.fail(new Unclear({ what, why: `no answer within ${timeoutMs} ms` })),
          }),
          Effect.catch((error) =>
            error instanceof Unclear
              ? Effect.fail(error)
              : Effect.flatMap(Clock.currentTimeMillis, (now) => Effect.fail(readOctokitError({ what, ...failureOf(error) }, now))),
          ),
        )
      const send = (question: Omit<Question<never>, "schema">, request: object) =>
        attempt(question.route, (signal) =>
          octokit.request(question.route, {
            ...question.parameters,
            headers: { "x-github-api-version": "2022-11-28", ...authorization(question.token) },
            request: { signal, ...request },
          }),
        )

      return GitHubClient.of({
        attempt,
        request: octokit.request,
        ask: Effect.fn("GitHubClient.ask")(function* (question) {
          const { data } = yield* send(question, {})
          return yield* Schema.decodeUnknownEffect(question.schema)(data).pipe(
            Effect.mapError((error) => new Garbled({ what: question.route, why: error.message.replace(/\s+/gu, " ").slice(0, 300) })),
          )
        }),
        download: Effect.fn("GitHubClient.download")(function* (question) {
          const answer = yield* send(question, { parseSuccessResponseBody: false, redirect: "manual" })
          if (answer.status < 300) return yield* streamOf(question.route, answer.data)
          const location = URL.parse(String(answer.headers.location ?? ""), baseUrl)
          if (location === null || !/^https?:$/u.test(location.protocol)) {
            return yield* new Garbled({ what: question.route, why: `${answer.status} without a location` })
          }
          const stored = yield* attempt(question.route, (signal) => fetch(location, { signal, redirect: "error" }))
          if (stored.ok) return yield* streamOf(question.route, stored.body)
          yield* Effect.promise(async () => stored.body?.cancel())
          if (stored.status === 404 || stored.status === 410) return yield* new NotFound({ what: question.route })
          // The address is good for a minute only: the next try gets a new one.
          return yield* new Unclear({ what: question.route, why: `the log's storage answered ${stored.status}` })
        }),
      })
    }),
  )
}

/** `owner/name` as the parameters that routes want. */
export const ownerAndName = (repository: string): { readonly owner: string; readonly repo: string } => {
  const [owner = "", ...rest] = repository.split("/")
  return { owner, repo: rest.join("/") }
}

const authorization = (token: Redacted.Redacted | undefined): Record<string, string> =>
  token === undefined ? {} : { authorization: `Bearer ${Redacted.value(token)}` }

const streamOf = (what: string, body: unknown): Effect.Effect<ReadableStream<Uint8Array>, Garbled> =>
  body instanceof ReadableStream ? Effect.succeed(body) : Effect.fail(new Garbled({ what, why: "an answer without a body" }))

/** What a thrown error says. The SDK gives a broken connection the status 500, but no response. */
const failureOf = (error: unknown) => {
  const response = isRecord(error) && isRecord(error["response"]) ? error["response"] : undefined
  const status = typeof response?.["status"] === "number" ? response["status"] : undefined
  const headers = isRecord(response?.["headers"]) ? response["headers"] : {}
  const told = Object.entries(headers).map(([name, value]) => [name, String(value)] as const)
  return { status, message: error instanceof Error ? error.message : String(error), headers: Object.fromEntries(told) }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null
