import { digestText } from "@ci-fix-pilot/failure/digest"
import { Effect } from "effect"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import * as runs from "./fetching.suite.ts"
import { type Data, fetchFrom } from "./fetching.suite.ts"
import { type Around, startForge, type TestForge } from "./forge.suite.ts"
import { Forbidden, NotFound } from "./GitHub.ts"
import { makeShop, type Shop } from "./shop.suite.ts"

let forge: TestForge
beforeAll(async () => {
  forge = await startForge()
})
afterAll(() => forge.stop())
beforeEach(() => forge.clearFaults())

const fetchIt = (shop: Shop, data: Data = {}, around?: Around) => fetchFrom(forge, shop, data, around)
const red = (shop: Shop, more: object = {}) => runs.red(forge, shop, more)
const green = (shop: Shop, more: object = {}) => runs.green(forge, shop, more)
const person = (shop: Shop, login: string, permission: string, association: string) =>
  runs.person(forge, shop, login, permission, association)
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

  it.each(["workflowRunsAt", "jobs", "jobLog"] as const)(
    "for lack of a right (%s) is what the webhook told; without its word the command ends with the reason",
    async (refused) => {
      const shop = await makeShop(forge)
      await red(shop)
      const around: Around = () => ({
        [refused]: () => Effect.fail(new Forbidden({ what: refused, why: "not accessible by integration" })),
      })
      const { event } = await fetchIt(shop, { given }, around)
      expect(event).toMatchObject({ data: { digest: { text: expect.stringContaining("told by the webhook") } } })
      const ended = { _tag: "Terminal", reason: expect.stringContaining("not accessible by integration") }
      expect(await fetchIt(shop, {}, around)).toMatchObject({ failure: ended })
    },
  )

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
