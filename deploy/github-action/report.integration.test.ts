import { spawn } from "node:child_process"
import { createHmac } from "node:crypto"
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { type Listening, secret, startListening } from "@ci-fix-pilot/ingest/listening.suite"
import { type PostgresServer, startPostgres } from "@ci-fix-pilot/testkit/database"
import { type NatsServer, startNatsServer } from "@ci-fix-pilot/testkit/nats-server"
import fc from "fast-check"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { green, red, startGithub } from "./github-api.suite.ts"

const script = fileURLToPath(new URL("report.sh", import.meta.url))
const sha = "a".repeat(40)
const token = "a token that nobody may see"

let database: PostgresServer
let broker: NatsServer
let ingest: Listening
let github: ReturnType<typeof startGithub>
let folder: string

beforeAll(async () => {
  ;[database, broker] = await Promise.all([startPostgres(), startNatsServer()])
})
afterAll(async () => {
  await Promise.all([database?.stop(), broker?.stop()])
})
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "report-"))
  ingest = await startListening(await database.freshDatabase(), broker.url)
  github = startGithub([green, red], "##[group]Run npm test\nAssertionError: expected 3 to be 2\n")
})
afterEach(async () => {
  await Promise.all([ingest.stop(), github.stop(), rm(folder, { recursive: true, force: true })])
})

/** What GitHub's runner sets. */
const environment = async (event: object, more: Record<string, string> = {}) => {
  await writeFile(join(folder, "event.json"), JSON.stringify(event))
  return {
    PATH: Bun.env["PATH"] ?? "",
    GITHUB_EVENT_PATH: join(folder, "event.json"),
    GITHUB_REPOSITORY: "acme/widgets",
    GITHUB_RUN_ID: "99",
    GITHUB_RUN_ATTEMPT: "2",
    GITHUB_SHA: sha,
    GITHUB_REF_NAME: "main",
    GITHUB_REF_TYPE: "branch",
    GITHUB_WORKFLOW: "CI",
    GITHUB_SERVER_URL: "https://github.test",
    GITHUB_API_URL: github.url,
    GITHUB_TOKEN: token,
    CI_HEALING_WEBHOOK_URL: `${ingest.url}/v1/ci-healing/webhook`,
    CI_HEALING_WEBHOOK_SECRET: secret,
    ...more,
  }
}
const report = async (event: object = {}, more: Record<string, string> = {}) => {
  const child = spawn("bash", [script], { env: await environment(event, more), stdio: ["ignore", "pipe", "pipe"] })
  let output = ""
  child.stdout.on("data", (chunk: Buffer) => (output += chunk))
  child.stderr.on("data", (chunk: Buffer) => (output += chunk))
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve))
  return { code, output }
}
const stored = async () => (await ingest.rows("select body -> 'data' as data from inbox order by received_at")).map((row) => row["data"])

describe("the report of a failed run", () => {
  it("names the failed job and step, the workflow, the run and its attempt", async () => {
    expect(await report()).toMatchObject({ code: 0, output: expect.stringContaining("::notice title=ci-fix-pilot::reported: run_") })
    expect(await stored()).toEqual([
      expect.objectContaining({
        target: { provider: "github", repository: "acme/widgets", branch: "main", commitSha: sha },
        title: "CI (test (node 20)) failed on main",
        workflow: "CI",
        workflowRunId: 99,
        runAttempt: 2,
        pipelineUrl: "https://github.test/acme/widgets/actions/runs/99/attempts/2",
        failedJobs: [{ id: 11, name: "test (node 20)", steps: ['Run "npm test"'] }],
        fork: false,
      }),
    ])
    expect(JSON.stringify(await stored())).toContain("expected 3 to be 2")
  })

  it("is the same run as GitHub's own webhook", async () => {
    await report()
    const workflow_run = { id: 99, workflow_id: 7, run_attempt: 2, head_branch: "main", head_sha: sha, conclusion: "failure" }
    const native = await ingest.postGithub("workflow_run", { action: "completed", repository: { full_name: "acme/widgets" }, workflow_run })
    expect(await native.json()).toMatchObject({ deduplicated: true })
  })

  it("is about a pull request's own head, not the merge commit", async () => {
    const head = { sha: "b".repeat(40), ref: "topic", repo: { full_name: "Acme/Widgets" } }
    await report({ pull_request: { head } }, { GITHUB_REF_NAME: "5/merge" })
    expect(await stored()).toMatchObject([{ target: { branch: "topic", commitSha: "b".repeat(40) }, fork: false }])
  })

  it.each([{ full_name: "eve/widgets" }, null])("says when the head is a fork's: %o", async (repo) => {
    await report({ pull_request: { head: { sha: "b".repeat(40), ref: "topic", repo } } })
    expect(await stored()).toMatchObject([{ fork: true }])
  })

  it("is about the watched run in a workflow that watches another one", async () => {
    const workflow_run = {
      id: 99,
      run_attempt: 2,
      head_sha: "c".repeat(40),
      head_branch: "topic",
      name: "Build",
      head_repository: { full_name: "acme/widgets" },
    }
    await report({ workflow_run }, { GITHUB_RUN_ID: "100", GITHUB_RUN_ATTEMPT: "1" })
    expect(await stored()).toMatchObject([
      { target: { branch: "topic", commitSha: "c".repeat(40) }, workflow: "Build", workflowRunId: 99, runAttempt: 2 },
    ])
  })

  it("finds failed jobs on every page", async () => {
    await github.stop()
    github = startGithub([green, green, green, green, { ...red, name: "last" }], "")
    await report()
    expect(await stored()).toMatchObject([{ failedJobs: [{ name: "last" }] }])
  })

  it("goes out without jobs when GitHub does not say, and says so", async () => {
    const { code, output } = await report({}, { GITHUB_API_URL: `${github.url}/nowhere` })
    expect([code, output]).toEqual([0, expect.stringContaining('is "actions: read" granted?')])
    expect(await stored()).toMatchObject([{ workflowRunId: 99, title: "CI failed on main" }])
  })

  it("carries no logs when asked not to", async () => {
    await report({}, { CI_HEALING_INCLUDE_LOGS: "false" })
    expect(JSON.stringify(await stored())).not.toContain("expected 3")
    expect(github.asked.map(({ path }) => path)).not.toContain("/repos/acme/widgets/actions/jobs/11/logs")
  })

  it("survives names that shells, JSON and printf find special", async () => {
    await github.stop()
    const name = `$(touch x) \`id\` '"\\ %s \\x41 é 日本 ${"n".repeat(400)}`
    github = startGithub([{ ...red, name, steps: [{ name, conclusion: "failure" }] }], "100% \\x00 $HOME\n")
    expect((await report()).code).toBe(0)
    expect(JSON.stringify(await stored())).toContain(JSON.stringify("$(touch x) `id` '\"\\ %s \\x41 é 日本 ").slice(1, -1))
  })
})

describe("nothing is reported", () => {
  it.each([
    ["from a fork's workflow, which has no secrets", { CI_HEALING_WEBHOOK_SECRET: "" }],
    ["for a tag", { GITHUB_REF_TYPE: "tag", GITHUB_REF_NAME: "v1" }],
  ])("%s", async (_, more) => {
    expect((await report({}, more)).code).toBe(0)
    expect(await stored()).toEqual([])
  })

  it("when no job failed", async () => {
    await github.stop()
    github = startGithub([green], "")
    expect((await report()).output).toContain("no job of this run failed")
    expect(await stored()).toEqual([])
  })
})

describe("the step fails aloud", () => {
  it("when the secret is another one", async () => {
    const { code, output } = await report({}, { CI_HEALING_WEBHOOK_SECRET: "another one" })
    expect([code, output]).toEqual([1, expect.stringContaining("::error title=ci-fix-pilot::ci-fix-pilot answered 401: the signature")])
  })

  it("when the address is none", async () => {
    expect(await report({}, { CI_HEALING_WEBHOOK_URL: 'http://x/"\nurl = "http://y/' })).toMatchObject({ code: 1 })
  })
})

describe("secrets", () => {
  it("reach no command line and no output; the token reaches GitHub only", async () => {
    const log = join(folder, "commands")
    for (const tool of ["curl", "jq", "openssl"]) {
      const path = Bun.which(tool)
      await writeFile(join(folder, tool), `#!/bin/sh\nprintf '%s\\n' "${tool} $*" >> '${log}'\nexec '${path}' "$@"\n`)
      await chmod(join(folder, tool), 0o755)
    }
    const { code, output } = await report({}, { PATH: `${folder}:${Bun.env["PATH"]}` })
    const commands = await readFile(log, "utf8")
    expect([code, commands.split("\n").filter((line) => line.startsWith("openssl")).length]).toEqual([0, 2])
    for (const hidden of [secret, token, Buffer.from(secret).toString("hex")])
      expect([commands.includes(hidden), output.includes(hidden)]).toEqual([false, false])
    expect(github.shown).toEqual([null])
    expect(new Set(github.asked.map(({ authorization }) => authorization))).toEqual(new Set([`Bearer ${token}`]))
  })

  it("of any length and characters sign as they should", async () => {
    const signer = `sign() {${(await readFile(script, "utf8")).split("\nsign() {")[1]?.split("\n}\n")[0]}\n}\nsign "$BODY"`
    const anything = fc
      .string({ unit: "binary", minLength: 1, maxLength: 140 })
      .filter((text) => !text.includes("\0") && text.isWellFormed())
    await fc.assert(
      fc.asyncProperty(anything, anything, async (key, body) => {
        const run = Bun.spawnSync(["bash", "-euo", "pipefail", "-c", signer], {
          env: { PATH: Bun.env["PATH"] ?? "", CI_HEALING_WEBHOOK_SECRET: key, BODY: body },
        })
        expect(run.stdout.toString()).toBe(createHmac("sha256", key).update(body).digest("hex"))
      }),
      { numRuns: 60 },
    )
  })
})
