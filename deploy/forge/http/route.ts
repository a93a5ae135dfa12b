import { Schema } from "effect"
import { fullName } from "../git/repositories.ts"
import type { RepositoryRow } from "../store/rows.ts"
import type { World } from "../world.ts"
import { allowed, type Caller } from "./access.ts"
import { authenticationRequired, forbidden, notFound, Refusal, unprocessable } from "./refusal.ts"

/** One request, matched to its route. */
export interface Call {
  readonly world: World
  readonly request: Request
  readonly url: URL
  readonly caller: Caller
  readonly param: (name: string) => string
  /** A query parameter, undefined when absent or empty. */
  readonly query: (name: string) => string | undefined
  /** The body as it came; read once, however often it is asked for. */
  readonly text: () => Promise<string>
  /** The body, decoded. @throws Refusal 400 when it is not JSON, 422 when it does not fit. */
  readonly body: <A>(schema: Schema.Codec<A, unknown>) => Promise<A>
}

/** A request about a repository that the caller may see. */
export interface RepositoryCall extends Call {
  readonly repository: RepositoryRow
}

/** One route of the API. */
export interface Route {
  readonly method: string
  /** The path template exactly as GitHub's API description spells it. */
  readonly path: string
  readonly handle: (call: Call) => Response | Promise<Response>
}

type Needs = "read" | "write"

/** A route under `/repos/{owner}/{repo}`: the repository is found, and the caller may do there what the route needs. */
export const onRepository = (
  method: string,
  path: string,
  needs: Needs,
  handle: (call: RepositoryCall) => Response | Promise<Response>,
): Route => ({
  method,
  path: `/repos/{owner}/{repo}${path}`,
  handle: async (call) => {
    const { world, caller } = call
    const repository = world.repositories.find(call.param("owner"), call.param("repo"))
    if (repository === undefined || !allowed(caller, repository, "read")) throw notFound()
    if (needs === "read") return handle({ ...call, repository })
    if (!allowed(caller, repository, "write")) throw caller.kind === "anonymous" ? authenticationRequired() : forbidden()
    // A slow client must not hold up the others: its body is here before its turn comes.
    await call.text()
    // Changes of one repository happen one after the other, so that what a handler has looked up still holds when it acts on it.
    return world.exclusive(fullName(repository), async () =>
      handle({ ...call, repository: world.repositories.byName(fullName(repository)) ?? repository }),
    )
  },
})

/** Decodes a request's body; no body counts as an empty object. */
export const bodyOf =
  (read: () => Promise<string>) =>
  async <A>(schema: Schema.Codec<A, unknown>): Promise<A> => {
    const text = await read()
    let value: unknown
    try {
      value = text === "" ? {} : JSON.parse(text)
    } catch {
      throw new Refusal({ status: 400, message: "Problems parsing JSON" })
    }
    const result = Schema.decodeUnknownResult(schema)(value)
    if (result._tag === "Failure") throw unprocessable(`Invalid request.\n\n${String(result.failure)}`)
    return result.success
  }
