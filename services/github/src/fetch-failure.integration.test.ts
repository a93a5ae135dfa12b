import { Objects } from "@ci-fix-pilot/actor/Objects"
import type { CommandData } from "@ci-fix-pilot/contract/commands"
import { decodeEvent, encodeMessage } from "@ci-fix-pilot/contract/envelope"
import { digestText } from "@ci-fix-pilot/failure/digest"
import { Effect, Layer } from "effect"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { command } from "./delivery.suite.ts"
import { handle } from "./fetch-failure.ts"
import { live, startForge, type TestForge } from "./forge.suite.ts"
import { GitHub, NotFound } from "./GitHub.ts"
import { ada, makeShop, type Shop } from "./shop.suite.ts"

let forge: TestForge
beforeAll(async () => {
  forge = await startForge()
})
afterAll(() => forge.stop())
beforeEach(() => forge.clearFaults())

type Data = Partial<CommandData<"github.fetch-failure">>
type Around = (github: (typeof GitHub)["Service"]) => Partial<(typeof GitHub)["Service"]>

/** The outcome, and the stored log's text if there is one. */
const fetchIt = (shop: Shop, data: Data = {}, around: Around = () => ({})) => {
  const wrapped = Layer.effect(
    GitHub,
    Effect.map(GitHub, (github) => GitHub.of({ ...github, ...around(github) })),
  )
  const program = Effect.gen(function* () {
    const outcome = yield* Effect.result(handle(command("github.fetch-failure", { target: shop.target, ...data }, shop.runId)))
    if (outcome._tag === "Failure") return { failure: outcome.failure, log: "" }
    const event = outcome.success
    // What is answered must be decodable by whoever reads it.
    const headers = { id: "e", at: "", runId: shop.runId, traceparent: "" }
    yield* decodeEvent(encodeMessage({ ...headers, ...event }))
    const object = event.type === "failure-fetched" ? event.data.digest.object : undefined
    if (object === undefined) return { event, log: "" }
    const stream = yield* Objects.use((objects) => objects.get(object))
    return { event, log: yield* Effect.promise(() => new Response(stream).text()) }
  })
  return Effect.runPromise(program.pipe(Effect.provide(wrapped.pipe(Layer.provideMerge(live(forge))))))
}

const red = (shop: Shop, more: object = {}) =>
  forge.recordRun({
    repository: shop.repository,
    branch: "feature/cart",
    conclusion: "failure",
    log: "> vitest run\nAssertionError: expected -30 to be 30\n",
    actor: "ada",
    ...more,
  })
const green = (shop: Shop, more: object = {}) =>
  forge.recordRun({
    repository: shop.repository,
    branch: "main",
    sha: shop.green,
    conclusion: "success",
    log: "ok\n",
    actor: "ada",
    ...more,
  })
const person = (shop: Shop, login: string, permission: string, association: string) =>
  forge.operate("addPerson", {
    repository: shop.repository,
    developer: { login, name: login, email: `${login}@example.com` },
    permission,
    association,
  })
const given = { digest: digestText("Error: told by the webhook\n"), failedJobs: [{ name: "lint", steps: [] }] }
const unavailable = (why: string) => ({ type: "failure-unavailable", data: { why: expect.stringContaining(why) } })

describe("a red workflow run", () => {
  it("is told with its failed job and step, log, workflow, last green commit and author", async () => {
    const shop = await makeShop(forge)
    await person(shop, "ada", "write", "MEMBER")
    await green(shop)
    const run = await red(shop)
    const { event, log } = await fetchIt(shop, { workflowRunId: run.id, runAttempt: 1 })
    expect(event).toMatchObject({
      type: "failure-fetched",
      data: {
        failedJobs: [{ id: run.jobs[0]?.id, name: "test", steps: ["Run tests"] }],
        digest: { text: expect.stringContaining("AssertionError: expected -30 to be 30"), redactions: 0 },
        workflow: { path: ".github/workflows/ci.yml", text: expect.stringContaining("npm test") },
        lastGreenCommit: shop.green,
        author: { login: "ada", trusted: true },
        fork: false,
        headMoved: false,
      },
    })
    expect(log).toContain("AssertionError: expected -30 to be 30")
  })

  it.each([
    ["by its address", (id: number): Data => ({ pipelineUrl: `https://github.com/acme/shop/actions/runs/${id}/job/1` })],
    ["by the commit", (): Data => ({})],
  ])("is found %s, and gives the same answer twice", async (_title, data) => {
    const shop = await makeShop(forge)
    const run = await red(shop)
    const first = await fetchIt(shop, data(run.id))
    expect(first.event).toMatchObject({ type: "failure-fetched", data: { failedJobs: [{ name: "test" }] } })
    expect(await fetchIt(shop, data(run.id))).toEqual(first)
  })

  it("is told by the attempt that was named", async () => {
    const shop = await makeShop(forge)
    const first = await red(shop, { log: "Error: first\n" })
    await red(shop, { log: "Error: second\n", rerunOf: first.id })
    expect((await fetchIt(shop, { workflowRunId: first.id, runAttempt: 1 })).log).toContain("Error: first")
    expect((await fetchIt(shop, { workflowRunId: first.id, runAttempt: 2 })).log).toContain("Error: second")
  })

  it("has the logs of its failed jobs only, with their names when there are several", async () => {
    const shop = await makeShop(forge)
    const job = (name: string, conclusion: string, log: string) => ({ name, conclusion, steps: [{ name: "Run", conclusion, log }] })
    await red(shop, {
      jobs: [
        job("unit", "failure", "Error: unit broke\n"),
        job("docs", "success", "Error: not an error\n"),
        job("e2e / chrome", "failure", "Error: e2e broke\n"),
      ],
    })
    const { event, log } = await fetchIt(shop)
    expect(event).toMatchObject({ data: { failedJobs: [{ name: "unit" }, { name: "e2e / chrome" }] } })
    expect(log).toMatch(/job: unit[\s\S]*unit broke[\s\S]*job: e2e \/ chrome[\s\S]*e2e broke/u)
    expect(log).not.toContain("not an error")
  })

  it("is read from the archive of the whole run where a job has no log of its own", async () => {
    const shop = await makeShop(forge)
    const job = (name: string, conclusion: string, log: string) => ({ name, conclusion, steps: [{ name: "Run", conclusion, log }] })
    await red(shop, {
      jobs: [job("docs", "success", "all is well\n"), job("e2e / chrome", "failure", `${"line\n".repeat(20_000)}Error: e2e broke\n`)],
    })
    const around: Around = () => ({ jobLog: () => Effect.fail(new NotFound({ what: "the log" })) })
    const { event, log } = await fetchIt(shop, {}, around)
    expect(event).toMatchObject({ data: { digest: { text: expect.stringContaining("Error: e2e broke") } } })
    expect(log.match(/Error: e2e broke/gu)).toHaveLength(1)
    expect(log).not.toContain("all is well")
  })

  it("keeps no secret, neither in the digest nor in the stored log, not even our own token", async () => {
    const shop = await makeShop(forge)
    const secret = `ghp_${"a1B2".repeat(9)}`
    await red(shop, { log: `Error: bad credentials ${secret}\nurl https://x:forge-token@github.com\n` })
    const { event, log } = await fetchIt(shop)
    expect(JSON.stringify(event)).not.toContain(secret)
    expect(log).not.toContain(secret)
    expect(log).not.toContain("forge-token")
    expect(event).toMatchObject({ data: { digest: { redactions: expect.any(Number) } } })
  })
})

describe("what cannot be fetched", () => {
  it("of an expired log is what the webhook told", async () => {
    const shop = await makeShop(forge)
    const run = await red(shop)
    await forge.operate("expireLogs", { run: run.id })
    expect((await fetchIt(shop)).event).toMatchObject(unavailable("no longer has the logs"))
    expect((await fetchIt(shop, { given })).event).toMatchObject({
      type: "failure-fetched",
      data: { digest: { text: expect.stringContaining("told by the webhook") }, failedJobs: [{ name: "test" }] },
    })
  })

  it("without any workflow run is what the webhook told", async () => {
    const shop = await makeShop(forge)
    expect((await fetchIt(shop, { given })).event).toMatchObject({
      type: "failure-fetched",
      data: { failedJobs: [{ name: "lint" }], lastGreenCommit: shop.green, author: { login: "ada" } },
    })
    expect((await fetchIt(shop)).event).toMatchObject(unavailable("no red workflow run"))
  })

  it("because the run named is of another commit is not guessed", async () => {
    const shop = await makeShop(forge)
    const run = await green(shop)
    expect((await fetchIt(shop, { workflowRunId: run.id })).event).toMatchObject(unavailable("no red workflow run"))
  })

  it("because no job is red says so", async () => {
    const shop = await makeShop(forge)
    const run = await forge.recordRun({ repository: shop.repository, branch: "feature/cart", conclusion: "cancelled", log: "stopped\n" })
    expect((await fetchIt(shop, { workflowRunId: run.id })).event).toMatchObject(unavailable("no job"))
  })

  it("because the workflow still runs is asked for again later", async () => {
    const shop = await makeShop(forge)
    const run = await red(shop)
    await forge.operate("expireLogs", { run: run.id })
    const around: Around = ({ workflowRunsAt }) => ({
      workflowRunsAt: (...args) => Effect.map(workflowRunsAt(...args), (runs) => runs.map((one) => ({ ...one, conclusion: undefined }))),
    })
    expect(await fetchIt(shop, {}, around)).toMatchObject({ failure: { _tag: "Retry", afterMs: 10_000 } })
  })

  it("of our own branch is not even tried", async () => {
    const shop = await makeShop(forge)
    expect((await fetchIt(shop, { target: { ...shop.target, branch: shop.fixBranch } })).event).toMatchObject(
      unavailable("ci-fix-pilot itself"),
    )
    expect(await forge.asked(shop.repository, true)).toEqual([])
  })

  it("of another CI is what it sent, and nobody is trusted", async () => {
    const shop = await makeShop(forge)
    const target = { ...shop.target, provider: "jenkins" as const }
    expect((await fetchIt(shop, { target, given })).event).toMatchObject({
      type: "failure-fetched",
      data: { author: { trusted: false }, failedJobs: [{ name: "lint" }], headMoved: false },
    })
    expect((await fetchIt(shop, { target })).event).toMatchObject(unavailable("no error log"))
    expect(await forge.asked(shop.repository, true)).toEqual([])
  })

  it("because a log's download fails is tried again", async () => {
    const shop = await makeShop(forge)
    await red(shop)
    await forge.fault({ route: "GET /_logs/job/{job_id}", kind: "bad-gateway" })
    expect(await fetchIt(shop)).toMatchObject({ failure: { _tag: "Retry" } })
    expect(await forge.pendingFaults()).toEqual([])
    expect((await fetchIt(shop)).event).toMatchObject({ type: "failure-fetched" })
  })
})

describe("the last green commit", () => {
  const lastGreen = async (shop: Shop) => {
    const { event } = await fetchIt(shop)
    return event?.type === "failure-fetched" ? event.data.lastGreenCommit : event
  }

  it("is the newest green one of the branch that is an ancestor", async () => {
    const shop = await makeShop(forge)
    await green(shop, { branch: "feature/cart" })
    const side = await forge.push({ repository: shop.repository, branch: "side", from: "main", files: { "side.txt": "x" } })
    await green(shop, { branch: "feature/cart", sha: side })
    await red(shop)
    expect(await lastGreen(shop)).toBe(shop.green)
  })

  it("is one of the default branch where the branch has none", async () => {
    const shop = await makeShop(forge)
    await green(shop)
    await red(shop)
    expect(await lastGreen(shop)).toBe(shop.green)
  })

  it("is where the branch left the default branch where nothing is known to be green", async () => {
    const shop = await makeShop(forge)
    await red(shop)
    expect(await lastGreen(shop)).toBe(shop.green)
  })

  it("is unknown on a default branch that was never green", async () => {
    const shop = await makeShop(forge)
    const commitSha = await forge.push({ repository: shop.repository, branch: "main", files: { "x.txt": "x" } })
    await red(shop, { branch: "main", sha: commitSha })
    expect(await lastGreen({ ...shop, target: { ...shop.target, branch: "main", commitSha } })).toBeUndefined()
  })

  it("is never the failing commit itself", async () => {
    const shop = await makeShop(forge)
    await green(shop, { branch: "feature/cart", sha: shop.target.commitSha })
    await red(shop)
    expect(await lastGreen(shop)).toBe(shop.green)
  })
})

describe("the author", () => {
  const origin = async (shop: Shop, data: Data = {}) => {
    const { event } = await fetchIt(shop, data)
    if (event?.type !== "failure-fetched") throw new Error(JSON.stringify(event))
    const { author, fork, headMoved } = event.data
    return { author, fork, headMoved }
  }

  it.each([
    ["admin", true],
    ["write", true],
    ["read", false],
    ["none", false],
  ])("with the right to %s is trusted: %s", async (permission, trusted) => {
    const shop = await makeShop(forge)
    await person(shop, "ada", permission, "NONE")
    await red(shop)
    expect(await origin(shop)).toMatchObject({ author: { login: "ada", trusted }, fork: false })
  })

  it("is whoever caused the run, not whoever the commit names", async () => {
    const shop = await makeShop(forge)
    await person(shop, ada.login, "admin", "OWNER")
    await red(shop, { actor: "mallory" })
    expect(await origin(shop)).toMatchObject({ author: { login: "mallory", trusted: false } })
  })

  it("of a fork's change is the pull request's, and a maintainer who reruns it changes nothing", async () => {
    const shop = await makeShop(forge)
    await person(shop, ada.login, "admin", "OWNER")
    const name = shop.repository.split("/")[1] ?? ""
    await forge.operate("createRepository", { owner: "eve", name, from: forge.path(shop.repository), parent: shop.repository })
    const commitSha = await forge.push({ repository: `eve/${name}`, branch: "patch-1", files: { "x.txt": "x" } })
    await forge.operate("addToken", { token: `eve-${name}`, login: "eve" })
    await person(shop, "eve", "write", "CONTRIBUTOR")
    await forge.rest("POST", `/repos/${shop.repository}/pulls`, { title: "x", head: "eve:patch-1", base: "main" }, `eve-${name}`)
    await person(shop, "eve", "read", "CONTRIBUTOR")
    const target = { ...shop.target, branch: "patch-1", commitSha }
    await red(shop, { branch: "patch-1", sha: commitSha, headRepository: `eve/${name}`, actor: "ada" })
    expect(await origin(shop, { target })).toMatchObject({ author: { login: "eve", trusted: false }, fork: true, headMoved: false })
    expect(await origin(shop, { target, given, workflowRunId: 1 })).toMatchObject({ author: { login: "eve" }, fork: true })
    await forge.rest("PATCH", `/repos/${shop.repository}/pulls/1`, { state: "closed" })
    expect(await origin(shop, { target })).toMatchObject({ author: { login: "ada", trusted: false }, fork: true, headMoved: true })
  })

  it("is told together with whether the branch has moved", async () => {
    const shop = await makeShop(forge)
    await red(shop)
    expect(await origin(shop)).toMatchObject({ headMoved: false })
    await shop.moveOn()
    expect(await origin(shop)).toMatchObject({ headMoved: true, fork: false })
    await forge.rest("DELETE", `/repos/${shop.repository}/git/refs/heads/feature/cart`)
    expect(await origin(shop)).toMatchObject({ headMoved: true, fork: false })
  })
})
