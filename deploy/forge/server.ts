import { gitRoutes } from "./git/smart-http.ts"
import { type Caller, callerOf, loginOf } from "./http/access.ts"
import { refuse, tagged } from "./http/answer.ts"
import { suffer } from "./http/faults.ts"
import { bySpecificity, pattern } from "./http/match.ts"
import { notFound, Refusal } from "./http/refusal.ts"
import { bodyOf, type Route } from "./http/route.ts"
import { accountRoutes } from "./routes/account.ts"
import { checkRoutes } from "./routes/checks.ts"
import { commitRoutes } from "./routes/commits.ts"
import { contentRoutes } from "./routes/contents.ts"
import { gitDataRoutes } from "./routes/git-data.ts"
import { issueRoutes } from "./routes/issues.ts"
import { logRoutes } from "./routes/log-downloads.ts"
import { mergeRoutes } from "./routes/merge.ts"
import { pullRoutes } from "./routes/pulls.ts"
import { refRoutes } from "./routes/refs.ts"
import { repositoryRoutes } from "./routes/repository.ts"
import { runRoutes } from "./routes/runs.ts"
import type { World } from "./world.ts"

/** GitHub's REST API, under `/api/v3`. */
export const apiRoutes: ReadonlyArray<Route> = [
  ...accountRoutes,
  ...repositoryRoutes,
  ...refRoutes,
  ...gitDataRoutes,
  ...commitRoutes,
  ...contentRoutes,
  ...pullRoutes,
  ...mergeRoutes,
  ...issueRoutes,
  ...runRoutes,
  ...checkRoutes,
]

/** Git over HTTP and log downloads, which GitHub serves beside its API. */
export const webRoutes: ReadonlyArray<Route> = [...gitRoutes, ...logRoutes]

/** How faults and the request log name a route: `GET /repos/{owner}/{repo}`. */
export const routeName = (route: Route): string => `${route.method} ${route.path}`

const compile = (routes: ReadonlyArray<Route>) => bySpecificity(routes).map((route) => ({ route, pattern: pattern(route.path) }))
const api = compile(apiRoutes)
const web = compile(webRoutes)
const prefix = "/api/v3"
/** The newest requests kept for tests to look at. */
const kept = 20_000

const find = (method: string, path: string) => {
  const [table, rest] = path.startsWith(`${prefix}/`) ? [api, path.slice(prefix.length)] : [web, path]
  for (const one of table) {
    const params = one.route.method === method ? one.pattern.match(rest) : undefined
    if (params !== undefined) return { route: one.route, params }
  }
  return undefined
}

const answer = async (
  world: World,
  request: Request,
  url: URL,
  found: NonNullable<ReturnType<typeof find>>,
  told: (caller: Caller) => void,
): Promise<Response> => {
  try {
    const caller = callerOf(request.headers.get("authorization"), world.store, world.now().getTime(), world.appPublicKey)
    told(caller)
    let body: Promise<string> | undefined
    const text = () => (body ??= request.text())
    return await found.route.handle({
      world,
      request,
      url,
      caller,
      param: (name) => found.params[name] ?? "",
      query: (name) => url.searchParams.get(name) || undefined,
      text,
      body: bodyOf(text),
    })
  } catch (error) {
    if (error instanceof Refusal) return refuse(error)
    throw error
  }
}

/** Answers one request of GitHub's API or of git. */
export const serve = async (world: World, request: Request, sequence: number): Promise<Response> => {
  const url = new URL(request.url)
  const found = find(request.method, url.pathname)
  if (found === undefined) return refuse(notFound())
  const fault = world.faults.take(routeName(found.route))
  let caller: Caller = { kind: "anonymous" }
  const effect = async () => tagged(request, await answer(world, request, url, found, (who) => (caller = who)))
  const response = await suffer(fault, world.now().getTime(), effect)
  world.requests.push({
    method: request.method,
    route: routeName(found.route),
    path: `${url.pathname}${url.search}`,
    status: fault?.kind.startsWith("reset") === true ? 0 : response.status,
    login: loginOf(caller),
    fault: fault?.kind ?? null,
    at: world.now().toISOString(),
  })
  if (world.requests.length > kept) world.requests.shift()
  if (fault === undefined || fault.kind === "slow") decorate(world, response, caller, sequence)
  return response
}

const decorate = (world: World, response: Response, caller: Caller, sequence: number): void => {
  response.headers.set("x-github-request-id", `F09E:${sequence.toString(16).toUpperCase().padStart(6, "0")}`)
  response.headers.set("x-github-media-type", "github.v3; format=json")
  for (const [name, value] of Object.entries(world.limits.headers(caller))) response.headers.set(name, value)
}
