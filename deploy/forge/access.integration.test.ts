import { createHmac } from "node:crypto"
import { Octokit } from "@octokit/rest"
import { afterAll, describe, expect, test } from "vitest"
import { startSample } from "./sample.ts"

let time = Date.parse("2026-03-01T12:00:00Z")
const sample = await startSample({ now: () => new Date(time) })
const { forge } = sample
afterAll(() => sample[Symbol.asyncDispose]())

const repository = "acme/sums"
const at = { owner: "acme", repo: "sums" }
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const client = (auth: string) => new Octokit({ auth, baseUrl: forge.apiUrl, log: quiet })

describe("tokens", () => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url")
  const jwt = (claims: object, alg = "RS256") => `${part({ alg })}.${part({ iss: "7", ...claims })}.${part("signature")}`
  const seconds = () => Math.floor(time / 1000)

  test("an app's token must be in date and of the right kind", async () => {
    const status = (token: string) =>
      client(token)
        .apps.getAuthenticated()
        .then(
          (answer) => answer.status,
          (error: { status: number }) => error.status,
        )
    expect(await status(jwt({ iat: seconds() - 30, exp: seconds() + 300 }))).toBe(200)
    expect(await status(jwt({ iat: seconds() - 900, exp: seconds() - 300 }))).toBe(401)
    expect(await status(jwt({ iat: seconds(), exp: seconds() + 3600 }))).toBe(401)
    expect(await status(jwt({ iat: seconds(), exp: seconds() + 300 }, "none"))).toBe(401)
  })

  test("an installation's token ends after an hour, or when it is revoked", async () => {
    const app = client(jwt({ iat: seconds(), exp: seconds() + 300 }))
    const { data: installation } = await app.apps.getRepoInstallation(at)
    const create = async () => (await app.apps.createInstallationAccessToken({ installation_id: installation.id })).data.token
    const works = (token: string) =>
      client(token)
        .repos.get({ ...at, repo: "secret-sums" })
        .then(
          () => true,
          () => false,
        )
    const [first, second] = [await create(), await create()]
    expect(await works(first)).toBe(true)
    await forge.revokeInstallationTokens()
    expect(await works(second)).toBe(false)
    const third = await create()
    time += 3_600_000
    expect(await works(third)).toBe(false)
  })

  test("an installation sees its own account's private repositories, not others'", async () => {
    await forge.createRepository({ owner: "elsewhere", name: "sums", from: forge.repositoryPath(repository), private: true })
    const app = client(jwt({ iat: seconds(), exp: seconds() + 300 }))
    const { data: installation } = await app.apps.getRepoInstallation({ owner: "elsewhere", repo: "sums" })
    const { data } = await app.apps.createInstallationAccessToken({ installation_id: installation.id })
    const there = client(data.token)
    expect((await there.repos.get({ owner: "elsewhere", repo: "sums" })).status).toBe(200)
    await expect(there.repos.get({ ...at, repo: "secret-sums" })).rejects.toMatchObject({ status: 404 })
    await expect(there.git.createBlob({ ...at, content: "x" })).rejects.toMatchObject({ status: 403 })
  })

  test("who may only read may not write", async () => {
    await forge.addToken({ token: "ghp_reader", login: "reader" })
    const reader = client("ghp_reader")
    expect((await reader.repos.get(at)).data.permissions?.push).toBe(false)
    await expect(reader.git.createBlob({ ...at, content: "x" })).rejects.toMatchObject({ status: 403 })
    await expect(reader.repos.get({ ...at, repo: "secret-sums" })).rejects.toMatchObject({ status: 404 })
  })
})

describe("log downloads", () => {
  const download = async (change: (url: URL) => void) => {
    const run = await forge.recordRun({ repository, branch: "main", conclusion: "failure", log: "boom" })
    const url = new URL(
      (await fetch(`${forge.apiUrl}/repos/acme/sums/actions/jobs/${run.jobs[0]?.id}/logs`, { redirect: "manual" })).headers.get(
        "location",
      ) ?? "",
    )
    change(url)
    return fetch(url)
  }

  test("the address is enough, no token is asked for", async () => {
    const answer = await download(() => {})
    expect(await answer.text()).toMatch(/^\uFEFF?2026-03-01T1\d:00:00\.0000000Z /u)
  })

  test("an address that was changed or is too old leads nowhere", async () => {
    expect((await download((url) => url.searchParams.set("sig", createHmac("sha256", "x").digest("hex")))).status).toBe(403)
    expect((await download((url) => (url.pathname = "/_logs/job/1"))).status).toBe(403)
    expect((await download(() => (time += 61_000))).status).toBe(403)
  })
})
