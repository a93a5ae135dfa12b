import { createHmac, timingSafeEqual } from "node:crypto"
import { Octokit } from "@octokit/rest"
import { Schema } from "effect"
import { afterAll, beforeEach, describe, expect, test } from "vitest"
import { loadDescription } from "./openapi.ts"
import { mara, startSample } from "./sample.ts"

interface Received {
  readonly event: string
  readonly guid: string
  readonly signature: string
  readonly text: string
  readonly action: string | undefined
  readonly body: unknown
}

const WithAction = Schema.fromJsonString(Schema.Struct({ action: Schema.optional(Schema.String) }))
const received: Array<Received> = []
let status = 202
const receiver = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: async (request) => {
    const text = await request.text()
    const header = (name: string) => request.headers.get(name) ?? ""
    const event = header("x-github-event")
    const { action } = Schema.decodeUnknownSync(WithAction)(text)
    received.push({
      event,
      action,
      guid: header("x-github-delivery"),
      signature: header("x-hub-signature-256"),
      text,
      body: JSON.parse(text),
    })
    return new Response("taken", { status })
  },
})
const secret = "it's a secret to everybody"
const sample = await startSample({ webhook: { url: `${receiver.url.origin}/hook`, secret } })
const { forge } = sample
const octokit = new Octokit({ auth: forge.token, baseUrl: forge.apiUrl })
const at = { owner: "acme", repo: "sums" }
const repository = "acme/sums"
const description = loadDescription()
afterAll(async () => {
  await sample[Symbol.asyncDispose]()
  await receiver.stop(true)
})
beforeEach(() => {
  received.length = 0
  status = 202
})

const kebab = (one: Received): string => [one.event, ...(one.action === undefined ? [] : [one.action])].join("-").replaceAll("_", "-")

const judgedAndSigned = () => {
  for (const one of received) {
    const expected = `sha256=${createHmac("sha256", secret).update(one.text).digest("hex")}`
    expect(timingSafeEqual(Buffer.from(one.signature), Buffer.from(expected))).toBe(true)
    expect(description.judgeWebhook(kebab(one), one.body)).toEqual([])
  }
}

describe("webhooks", () => {
  test("a red run is told once per job and once as a whole, as GitHub describes it", async () => {
    await forge.push({ repository, branch: "wrong", files: { "sum.txt": "2 + 2 = 5\n" }, message: "Round up", by: mara })
    const run = await forge.runWorkflow({ repository, branch: "wrong" })
    await forge.settle()
    expect(received.map(kebab)).toEqual(["check-run-completed", "workflow-run-completed"])
    judgedAndSigned()
    expect(received[1]?.body).toMatchObject({
      workflow_run: {
        id: run.id,
        run_attempt: 1,
        head_branch: "wrong",
        head_sha: run.headSha,
        conclusion: "failure",
        event: "push",
        name: "CI",
        path: ".github/workflows/ci.yml",
        pull_requests: [],
        actor: { login: "mara-lindt" },
        triggering_actor: { login: "mara-lindt" },
        head_repository: { full_name: "acme/sums", fork: false },
      },
      repository: { full_name: "acme/sums", default_branch: "main", private: false, fork: false },
      sender: { login: "mara-lindt" },
    })
  })

  test("a pull request's life is told: opened, labeled, synchronized, closed by merging", async () => {
    await forge.push({ repository, branch: "right", from: "wrong", files: { "sum.txt": "2 + 2 = 4\n" }, message: "Undo", by: mara })
    const { data: pull } = await octokit.pulls.create({ ...at, title: "Undo", head: "right", base: "wrong" })
    await octokit.issues.addLabels({ ...at, issue_number: pull.number, labels: ["ci-fix-pilot"] })
    await forge.push({ repository, branch: "right", files: { "docs/why.md": "Because of maths.\n" }, message: "Explain", by: mara })
    await octokit.pulls.merge({ ...at, pull_number: pull.number })
    await forge.settle()
    expect(received.map(kebab)).toEqual(["opened", "labeled", "synchronize", "closed"].map((action) => `pull-request-${action}`))
    judgedAndSigned()
    expect(received.at(-1)?.body).toMatchObject({ pull_request: { merged: true, state: "closed", merged_by: { login: "ci-fix-pilot" } } })
  })

  test("a run of a pull request's branch names the pull request", async () => {
    await forge.push({ repository, branch: "more", files: { "sum.txt": "2 + 2 = 4\n1 + 1 = 2\n" }, message: "More", by: mara })
    const { data: pull } = await octokit.pulls.create({ ...at, title: "More", head: "more", base: "main" })
    await forge.recordRun({ repository, branch: "more", conclusion: "success", event: "pull_request" })
    await forge.settle()
    const run = received.find((one) => one.event === "workflow_run")
    expect(run?.body).toMatchObject({
      workflow_run: { pull_requests: [{ number: pull.number, head: { ref: "more" }, base: { ref: "main" } }] },
    })
    judgedAndSigned()
  })

  test("a branch that goes away closes its pull request", async () => {
    await octokit.git.deleteRef({ ...at, ref: "heads/more" })
    await forge.settle()
    expect(received.map(kebab)).toEqual(["pull-request-closed"])
    expect(received[0]?.body).toMatchObject({ pull_request: { merged: false } })
    judgedAndSigned()
  })

  test("ping comes when asked for", async () => {
    await forge.ping()
    await forge.settle()
    expect(received.map(kebab)).toEqual(["ping"])
    judgedAndSigned()
  })

  test("a delivery that was refused can be sent again, with the same id and body", async () => {
    status = 503
    await forge.recordRun({ repository, branch: "wrong", conclusion: "failure", log: "boom" })
    await forge.settle()
    const refused = (await forge.deliveries()).filter((row) => row.statusCode === 503 && row.event === "workflow_run")
    expect(refused).toHaveLength(1)
    status = 202
    const again = await forge.redeliver({ id: refused[0]?.id ?? 0 })
    expect(again).toMatchObject({ redelivery: true, statusCode: 202, response: "taken", guid: refused[0]?.guid })
    const [first, second] = received.filter((one) => one.event === "workflow_run")
    expect(second).toEqual(first)
  })

  test("a receiver that is away is recorded, and does not hold up the forge", async () => {
    await forge.setWebhook({ url: "http://127.0.0.1:1/", secret })
    await forge.recordRun({ repository, branch: "wrong", conclusion: "failure" })
    await forge.settle()
    expect((await forge.deliveries()).at(-1)).toMatchObject({ statusCode: 0, event: "workflow_run" })
  })
})
