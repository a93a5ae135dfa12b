import { Schema } from "effect"

/** The value of `NATS_URL` cannot be used; what it says is told to nobody, since it may hold a password. */
export class BadNatsUrl extends Schema.TaggedError<BadNatsUrl>()("BadNatsUrl", { why: Schema.String }) {
  override get message() {
    return `NATS_URL ${this.why}`
  }
}

/** What a client must know to connect: addresses without a login, and the login that they held. */
export interface NatsServers {
  readonly servers: Array<string>
  readonly login: { readonly user: string; readonly pass: string } | { readonly token: string } | undefined
}

const form = "is not an address such as nats://127.0.0.1:4222, or several, separated by commas"

const parse = (text: string): URL => {
  const address = text.includes("://") ? text : `nats://${text}`
  if (!URL.canParse(address)) throw new BadNatsUrl({ why: form })
  const url = new URL(address)
  if (!/^(?:nats|tls):$/u.test(url.protocol) || url.hostname === "") throw new BadNatsUrl({ why: form })
  return url
}

const plain = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new BadNatsUrl({ why: "holds a login with a % that is not followed by two hexadecimal digits: write it as %25" })
  }
}

const loginOf = ({ username, password }: URL): NatsServers["login"] => {
  if (username === "") return undefined
  return password === "" ? { token: plain(username) } : { user: plain(username), pass: plain(password) }
}

/**
 * Takes apart what `NATS_URL` may say: `nats://host:port`, with `user:password@` or `token@` before the host, or several of these, separated
 * by commas, of one cluster and so with one login. Throws BadNatsUrl.
 */
export const readNatsUrl = (text: string): NatsServers => {
  const urls = text.split(",").map((one) => parse(one.trim()))
  const logins = urls.map(loginOf).filter((login) => login !== undefined)
  const [login] = logins
  if (new Set(logins.map((one) => JSON.stringify(one))).size > 1)
    throw new BadNatsUrl({ why: "names several logins: the servers of one cluster know the same" })
  return { servers: urls.map(({ protocol, host }) => `${protocol}//${host}`), login }
}
