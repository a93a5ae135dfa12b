import { createPublicKey, verify } from "node:crypto"
import { Schema } from "effect"
import type { Permission, RepositoryRow } from "../store/rows.ts"
import type { Store } from "../store/store.ts"
import { badCredentials, Refusal } from "./refusal.ts"

/** Who asks. An installation may write in its account's repositories; `everything` may in all. */
export type Caller =
  | { readonly kind: "anonymous" }
  | { readonly kind: "person"; readonly login: string; readonly everything: boolean }
  | { readonly kind: "installation"; readonly login: string; readonly account: string }
  | { readonly kind: "app"; readonly id: string }

/** The login that appears as the author of what a caller makes. */
export const loginOf = (caller: Caller): string => (caller.kind === "person" || caller.kind === "installation" ? caller.login : "ghost")

const rank: Readonly<Record<Permission, number>> = { none: 0, read: 1, write: 2, admin: 3 }

/** What a login may do in a repository, by itself. */
export const permissionOf = (login: string, repository: RepositoryRow): Permission =>
  login === repository.owner ? "admin" : (repository.people[login]?.permission ?? (repository.private ? "none" : "read"))

/** Whether a caller may do something that needs a permission. */
export const allowed = (caller: Caller, repository: RepositoryRow, needs: Permission): boolean => {
  switch (caller.kind) {
    case "app":
      return false
    case "anonymous":
      return !repository.private && needs === "read"
    case "installation":
      return caller.account === repository.owner || (!repository.private && needs === "read")
    case "person":
      return caller.everything || rank[permissionOf(caller.login, repository)] >= rank[needs]
  }
}

const Claims = Schema.fromJsonString(
  Schema.Struct({ iss: Schema.Union([Schema.String, Schema.Int]), iat: Schema.Number, exp: Schema.Number }),
)
const Header = Schema.fromJsonString(Schema.Struct({ alg: Schema.Literal("RS256") }))

const refused = (message: string) => new Refusal({ status: 401, message })

/** The app a JSON web token speaks for. Its signature is verified when the forge was given the app's public key (PEM). */
const appOf = (token: string, nowMs: number, publicKey: string | undefined): string => {
  const [header = "", claims = "", signature = ""] = token.split(".")
  const text = (part: string) => Buffer.from(part, "base64url").toString()
  const head = Schema.decodeUnknownOption(Header)(text(header))
  const body = Schema.decodeUnknownOption(Claims)(text(claims))
  if (head._tag === "None" || body._tag === "None" || signature === "") throw refused("A JSON web token could not be decoded")
  const { iss, iat, exp } = body.value
  const now = nowMs / 1000
  if (exp <= now)
    throw refused("'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires")
  if (exp > now + 660 || iat > now + 60) throw refused("'Expiration time' claim ('exp') is too far in the future")
  const signed =
    publicKey === undefined ||
    verify("RSA-SHA256", Buffer.from(`${header}.${claims}`), createPublicKey(publicKey), Buffer.from(signature, "base64url"))
  if (!signed) throw refused("A JSON web token could not be decoded")
  return String(iss)
}

/** The token in an Authorization header: `token T`, `Bearer T`, or Basic with the token as password (or as user, as git allows). */
export const tokenIn = (authorization: string): string => {
  const [scheme = "", value = ""] = authorization.split(/\s+/u)
  if (scheme.toLowerCase() !== "basic") return value
  const [user = "", ...rest] = Buffer.from(value, "base64").toString().split(":")
  const password = rest.join(":")
  return password === "" || password === "x-oauth-basic" ? user : password
}

/** Who sent a request. @throws Refusal 401 when it carries credentials that are not good. */
export const callerOf = (authorization: string | null, store: Store, nowMs: number, publicKey: string | undefined): Caller => {
  if (authorization === null) return { kind: "anonymous" }
  const token = tokenIn(authorization)
  if (token.split(".").length === 3) return { kind: "app", id: appOf(token, nowMs, publicKey) }
  const row = store.tokens.get(token)
  if (row === undefined || (row.expiresAt !== null && row.expiresAt <= nowMs)) throw badCredentials()
  return row.scope === "installation"
    ? { kind: "installation", login: "ci-fix-pilot[bot]", account: row.login }
    : { kind: "person", login: row.login, everything: row.scope === "everything" }
}
