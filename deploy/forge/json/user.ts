import type { Json } from "../http/answer.ts"
import type { World } from "../world.ts"

/** A number for a name, the same on every machine. */
export const numberOf = (name: string): number => Number(Bun.hash.crc32(name)) % 100_000_000

/** GitHub's other id of a thing: opaque text. */
export const nodeId = (kind: string, id: number | string): string => Buffer.from(`${kind}:${id}`).toString("base64url")

/** GitHub's "simple user". */
export const userJson = (world: World, login: string): Json => {
  const url = `${world.apiUrl}/users/${login}`
  return {
    login,
    id: numberOf(login),
    node_id: nodeId("U", login),
    avatar_url: `${world.url}/_avatars/${login}.png`,
    gravatar_id: "",
    url,
    html_url: `${world.url}/${login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: login.endsWith("[bot]") ? "Bot" : "User",
    user_view_type: "public",
    site_admin: false,
  }
}

/** The login behind a commit's e-mail address: a known account's, or one of GitHub's no-reply addresses; else none. */
export const loginOfEmail = (world: World, email: string): string | undefined => {
  const noreply = /^(?:\d+\+)?([^@]+)@users\.noreply\.github\.com$/u.exec(email)
  return noreply?.[1] ?? world.store.users.get(email)?.login
}

/** The account behind a commit's e-mail address, null when it is unknown. */
export const userOfEmail = (world: World, email: string): Json | null => {
  const login = loginOfEmail(world, email)
  return login === undefined ? null : userJson(world, login)
}
