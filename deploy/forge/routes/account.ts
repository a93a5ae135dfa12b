import { createHash } from "node:crypto"
import { loginOf } from "../http/access.ts"
import { json } from "../http/answer.ts"
import { list } from "../http/pages.ts"
import { authenticationRequired, notFound, Refusal } from "../http/refusal.ts"
import type { Call, Route } from "../http/route.ts"
import { appJson, appPermissions, installationJson } from "../json/app.ts"
import { numberOf, userJson } from "../json/user.ts"

/** The app that asks. @throws Refusal 401 when the asker is no app */
const askingApp = ({ caller }: Call): number => {
  if (caller.kind !== "app") throw new Refusal({ status: 401, message: "A JSON web token could not be decoded" })
  return Number(caller.id) || numberOf(caller.id)
}

const accounts = ({ world }: Call): ReadonlyArray<string> => [
  ...new Set(world.store.repositories.all().map((repository) => repository.owner)),
]

const repositoryInstallation = (call: Call) => {
  const app = askingApp(call)
  const repository = call.world.repositories.find(call.param("owner"), call.param("repo"))
  if (repository === undefined) throw notFound()
  return json(installationJson(call.world, app, repository.owner))
}

const installation = (call: Call) => {
  const app = askingApp(call)
  const account = accounts(call).find((name) => numberOf(name) === Number(call.param("installation_id")))
  if (account === undefined) throw notFound()
  return { app, account }
}

const hour = 3_600_000

const accessToken = (call: Call) => {
  const { account } = installation(call)
  const { store, now } = call.world
  const token = `ghs_${createHash("sha256")
    .update(`installation token ${store.next("token")}`)
    .digest("hex")
    .slice(0, 36)}`
  const expiresAt = now().getTime() + hour
  store.tokens.put(token, { token, login: account, scope: "installation", expiresAt })
  const expires = `${new Date(expiresAt).toISOString().slice(0, 19)}Z`
  return json({ token, expires_at: expires, permissions: appPermissions, repository_selection: "all" }, 201)
}

const user = ({ world, caller }: Call) => {
  if (caller.kind === "anonymous") throw authenticationRequired()
  if (caller.kind !== "person") throw new Refusal({ status: 403, message: "Resource not accessible by integration" })
  const login = loginOf(caller)
  const known = world.store.users.all().find((one) => one.login === login)
  return json({
    ...userJson(world, login),
    name: known?.name ?? login,
    company: null,
    blog: null,
    location: null,
    email: known?.email ?? null,
    hireable: null,
    bio: null,
    twitter_username: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: "2024-01-01T00:00:00Z",
    updated_at: "2024-01-01T00:00:00Z",
  })
}

const deliveries = (call: Call) => {
  askingApp(call)
  const newest = [...call.world.store.deliveries.all()].reverse()
  return list(call.url, newest, (row) => ({
    id: row.id,
    guid: row.guid,
    delivered_at: row.deliveredAt,
    redelivery: row.redelivery,
    duration: row.durationSeconds,
    status: row.statusCode === 0 ? "Service Timeout" : row.statusCode < 300 ? "OK" : `Invalid HTTP Response: ${row.statusCode}`,
    status_code: row.statusCode,
    event: row.event,
    action: row.action,
    installation_id: null,
    repository_id: row.repository === null ? null : (call.world.repositories.byName(row.repository)?.id ?? null),
    throttled_at: null,
  }))
}

const redeliver = (call: Call) => {
  askingApp(call)
  if (call.world.deliveries.redeliver(Number(call.param("delivery_id"))) === undefined) throw notFound()
  return json({}, 202)
}

/** Who asks, and the app's own routes. */
export const accountRoutes: ReadonlyArray<Route> = [
  { method: "GET", path: "/rate_limit", handle: ({ world, caller }) => json(world.limits.overview(caller)) },
  { method: "GET", path: "/user", handle: user },
  {
    method: "GET",
    path: "/app",
    handle: (call) =>
      json({ ...appJson(call.world, askingApp(call), "ci-fix-pilot", "ci-fix-pilot"), installations_count: accounts(call).length }),
  },
  {
    method: "GET",
    path: "/app/installations",
    handle: (call) => list(call.url, accounts(call), (account) => installationJson(call.world, askingApp(call), account)),
  },
  {
    method: "GET",
    path: "/app/installations/{installation_id}",
    handle: (call) => {
      const { app, account } = installation(call)
      return json(installationJson(call.world, app, account))
    },
  },
  { method: "POST", path: "/app/installations/{installation_id}/access_tokens", handle: accessToken },
  { method: "GET", path: "/repos/{owner}/{repo}/installation", handle: repositoryInstallation },
  { method: "GET", path: "/app/hook/deliveries", handle: deliveries },
  { method: "POST", path: "/app/hook/deliveries/{delivery_id}/attempts", handle: redeliver },
]
