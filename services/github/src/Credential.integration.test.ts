import { generateKeyPairSync } from "node:crypto"
import { Effect, Layer, Redacted } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import * as CredentialLive from "./Credential.live.ts"
import { Credential } from "./Credential.ts"
import { configured, startForge, type TestForge } from "./forge.suite.ts"
import * as GitHubOctokit from "./GitHub.octokit.ts"
import { GitHub } from "./GitHub.ts"
import { GitHubClient } from "./GitHubClient.ts"
import { makeShop } from "./shop.suite.ts"

const key = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
}).privateKey

let forge: TestForge
beforeAll(async () => {
  forge = await startForge()
})
afterAll(() => forge.stop())

const as = (env: Readonly<Record<string, string>>) =>
  GitHubOctokit.layer.pipe(
    Layer.provideMerge(CredentialLive.layer),
    Layer.provide(GitHubClient.layer),
    Layer.provide(configured(forge, env)),
    Layer.orDie,
  )
const app = { CI_HEALING_GITHUB_APP_ID: "1", CI_HEALING_GITHUB_APP_PRIVATE_KEY: key.replaceAll("\n", "\\n") }
const tokenOf = (repository: string) =>
  Credential.use((credential) => credential.token(repository)).pipe(
    Effect.map((token) => (token === undefined ? "" : Redacted.value(token))),
  )
const count = async (route: string) => (await forge.requests()).filter((seen) => seen.route === route).length
const exchange = "POST /app/installations/{installation_id}/access_tokens"

describe("a GitHub App", () => {
  it("reads a private repository with a token of its installation, which it keeps", async () => {
    const shop = await makeShop(forge)
    const before = await count(exchange)
    const read = GitHub.use((github) => github.branchHead(shop.repository, "main"))
    expect(await Effect.runPromise(Effect.all([read, read, read]).pipe(Effect.provide(as(app))))).toEqual([
      shop.green,
      shop.green,
      shop.green,
    ])
    expect((await count(exchange)) - before).toBe(1)
  })

  it("gets a new token once when GitHub refuses the one it has", async () => {
    const shop = await makeShop(forge)
    const read = GitHub.use((github) => github.branchHead(shop.repository, "main"))
    const program = Effect.gen(function* () {
      const first = yield* tokenOf(shop.repository)
      yield* read
      yield* Effect.promise(() => forge.operate("revokeInstallationTokens"))
      const head = yield* read
      return { head, changed: first !== (yield* tokenOf(shop.repository)) }
    })
    expect(await Effect.runPromise(program.pipe(Effect.provide(as(app))))).toEqual({ head: shop.green, changed: true })
  })

  it("that was installed anew asks for a token of the new installation, as the old one is gone", async () => {
    const gone = 11
    let newest = gone
    const api = Bun.serve({
      port: 0,
      fetch: ({ url }) => {
        const { pathname } = new URL(url)
        if (pathname === "/repos/acme/shop/installation") return Response.json({ id: newest++ })
        if (pathname === `/app/installations/${gone}/access_tokens`) return Response.json({ message: "Not Found" }, { status: 404 })
        return Response.json({ token: pathname, expires_at: "2999-01-01T00:00:00Z", permissions: {}, repository_selection: "all" })
      },
    })
    const world = as({ ...app, GITHUB_API_URL: `http://127.0.0.1:${api.port}` })
    try {
      const [first, second] = await Effect.runPromise(Effect.all([tokenOf("acme/shop"), tokenOf("acme/shop")]).pipe(Effect.provide(world)))
      expect([first, second]).toEqual(Array(2).fill("/app/installations/12/access_tokens"))
    } finally {
      await api.stop(true)
    }
  })

  it("that is half configured stops the process and names what is missing", async () => {
    const half = Effect.provide(Effect.void, as({ CI_HEALING_GITHUB_APP_ID: "1" }))
    await expect(Effect.runPromise(half)).rejects.toThrow("CI_HEALING_GITHUB_APP_PRIVATE_KEY")
  })
})

describe("a token", () => {
  it("is used when there is no app, and an empty one is none", async () => {
    expect(await Effect.runPromise(tokenOf("acme/x").pipe(Effect.provide(as({ GITHUB_TOKEN: "t" }))))).toBe("t")
    expect(await Effect.runPromise(tokenOf("acme/x").pipe(Effect.provide(as({ GITHUB_TOKEN: "", CI_HEALING_GITHUB_APP_ID: "" }))))).toBe("")
    expect(await Effect.runPromise(tokenOf("acme/x").pipe(Effect.provide(as({}))))).toBe("")
  })
})
