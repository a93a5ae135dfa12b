import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Exit, Layer, Redacted, Scope } from "effect"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import { Credential } from "./Credential.ts"
import { configured, live, runGit, startForge, type TestForge } from "./forge.suite.ts"
import { makeShop } from "./shop.suite.ts"
import { listen } from "./upload-pack-proxy.ts"

let forge: TestForge
let open: Array<() => Promise<void>> = []
beforeAll(async () => {
  forge = await startForge()
})
afterAll(() => forge.stop())
afterEach(async () => {
  await Promise.all(open.map((close) => close()))
  open = []
})

/** Starts a mirror; gives its address. */
const mirror = async (env: Readonly<Record<string, string>> = {}, credential?: Layer.Layer<Credential>) => {
  const scope = await Effect.runPromise(Scope.make())
  const settings = configured(forge, { CI_HEALING_MIRROR_PORT: "0", ...env })
  const url = await Effect.runPromise(
    listen.pipe(Effect.provide(Layer.merge(credential ?? live(forge), settings)), Effect.provideService(Scope.Scope, scope)),
  )
  open.push(() => Effect.runPromise(Scope.close(scope, Exit.void)))
  return url
}

const cloned = async (url: string, ...config: ReadonlyArray<string>) => {
  const folder = await mkdtemp(join(tmpdir(), "github-mirror-"))
  try {
    await runGit([...config.flatMap((pair) => ["-c", pair]), "clone", "--quiet", "--bare", url, folder])
    return await runGit(["--git-dir", folder, "rev-parse", "feature/cart"])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

describe("the git mirror", () => {
  it("clones a private repository for whoever shows its token, whose own credential is nowhere", async () => {
    const shop = await makeShop(forge)
    const url = `${await mirror({ CI_HEALING_MIRROR_TOKEN: "mirror-secret" })}/${shop.repository}.git`
    expect(await cloned(url, "http.extraHeader=Authorization: Bearer mirror-secret")).toBe(shop.target.commitSha)
    expect(await cloned(url.replace("://", "://x:mirror-secret@"))).toBe(shop.target.commitSha)
    await expect(cloned(url)).rejects.toThrow()
    await expect(cloned(url, "http.extraHeader=Authorization: Bearer wrong")).rejects.toThrow()
    await expect(cloned(`${forge.url}/${shop.repository}.git`)).rejects.toThrow()
  })

  it("fetches a single commit without its history", async () => {
    const shop = await makeShop(forge)
    const url = `${await mirror()}/${shop.repository}.git`
    const folder = await mkdtemp(join(tmpdir(), "github-mirror-"))
    await runGit(["init", "--quiet", "--bare", folder])
    await runGit(["--git-dir", folder, "fetch", "--quiet", "--depth=1", url, shop.target.commitSha])
    expect(await runGit(["--git-dir", folder, "rev-parse", "FETCH_HEAD"])).toBe(shop.target.commitSha)
    await rm(folder, { recursive: true })
  })

  it("takes no push", async () => {
    const shop = await makeShop(forge)
    const url = `${await mirror()}/${shop.repository}.git`
    await expect(runGit([`--git-dir=${forge.path(shop.repository)}`, "push", url, "main:refs/heads/stolen"])).rejects.toThrow()
    expect(await forge.branches(shop.repository)).not.toHaveProperty("stolen")
  })

  it("answers everything else with an error that says so", async () => {
    const url = await mirror()
    const answer = await fetch(`${url}/acme/x.git/git-receive-pack`, { method: "POST", body: "0000" })
    expect(answer.status).toBe(404)
    expect(await answer.json()).toMatchObject({ error: { code: "not-served" } })
  })

  it("does not tell a repository that is not there from one that may not be seen, and lets git end without asking for a password", async () => {
    const url = await mirror()
    const answer = await fetch(`${url}/acme/nothing.git/info/refs?service=git-upload-pack`)
    expect([403, 404]).toContain(answer.status)
    await answer.body?.cancel()
  })

  it("without a token answers only to names of this machine, so that no web page can reach it", async () => {
    const shop = await makeShop(forge)
    const url = `${await mirror()}/${shop.repository}.git/info/refs?service=git-upload-pack`
    const rebound = await fetch(url, { headers: { host: "evil.example" } })
    expect(rebound.status).toBe(401)
    const own = await fetch(url)
    expect(own.status).toBe(200)
    await own.body?.cancel()
  })

  it("does not start beyond this machine without a token", async () => {
    await expect(mirror({ CI_HEALING_MIRROR_HOST: "0.0.0.0" })).rejects.toThrow("CI_HEALING_MIRROR_TOKEN")
    await expect(mirror({ CI_HEALING_MIRROR_HOST: "0.0.0.0", CI_HEALING_MIRROR_TOKEN: "" })).rejects.toThrow("CI_HEALING_MIRROR_TOKEN")
    await expect(mirror({ CI_HEALING_MIRROR_HOST: "0.0.0.0", CI_HEALING_MIRROR_TOKEN: "s" })).resolves.toContain("http")
  })

  it("renews a credential that GitHub refuses", async () => {
    const shop = await makeShop(forge)
    let token = "expired"
    const renewing = Layer.succeed(
      Credential,
      Credential.of({
        token: () => Effect.sync(() => Redacted.make(token)),
        renew: () =>
          Effect.sync(() => {
            token = "forge-token"
          }),
      }),
    )
    expect(await cloned(`${await mirror({}, renewing)}/${shop.repository}.git`)).toBe(shop.target.commitSha)
  })

  it("follows no redirect to another host, and says when GitHub is away", async () => {
    const elsewhere = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => Response.redirect("http://127.0.0.2:1/x", 302) })
    const moved = await fetch(
      `${await mirror({ GITHUB_URL: `http://127.0.0.1:${elsewhere.port}` })}/acme/x.git/info/refs?service=git-upload-pack`,
    )
    expect([moved.status, await moved.json()]).toMatchObject([502, { error: { code: "upstream-moved" } }])
    await elsewhere.stop(true)
    const away = await fetch(`${await mirror({ GITHUB_URL: "http://127.0.0.1:1" })}/acme/x.git/info/refs?service=git-upload-pack`)
    expect([away.status, await away.json()]).toMatchObject([502, { error: { code: "upstream-away" } }])
  })
})
