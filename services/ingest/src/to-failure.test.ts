import { runIdOf } from "@ci-fix-pilot/contract/run-id"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { failure, full, minimal } from "./posted.suite.ts"
import { toFailure } from "./to-failure.ts"

const problem = (body: unknown) => Effect.runSync(Effect.flip(toFailure(body)))
const without = (field: string) => Object.fromEntries(Object.entries(minimal).filter(([name]) => name !== field))

describe("a posted failure", () => {
  it("needs five fields, and is named by what its log says", () => {
    const { runId, key, data } = failure(minimal)
    expect(data.target).toEqual({ provider: "github", repository: "acme/widgets", branch: "main", commitSha: "a".repeat(40) })
    expect(data.title).toBe("CI failed on main")
    expect(data.digest?.text).toContain("expected 3 to be 2")
    expect(runId).toBe(runIdOf({ ...minimal, cause: `log:${data.signature}`, attempt: 1 }))
    expect(key).toBe(runId)
  })

  it("keeps all that it was told", () => {
    expect(failure(full).data).toMatchObject({
      title: "Test Failure",
      errorType: "Test Failure",
      pipelineUrl: "https://ci.test/runs/1",
      workflow: "CI",
      workflowRunId: 99,
      runAttempt: 2,
      failedJobs: [{ id: 1, name: "test", steps: ["Run tests"] }],
      fork: true,
    })
  })

  it("of a workflow whose id is known is the run that GitHub's own webhook starts", () => {
    expect(failure(full).runId).toBe(runIdOf({ ...minimal, cause: "workflow:7", attempt: 2 }))
  })

  it("names the jobs in its title when nothing else does", () => {
    expect(failure({ ...minimal, workflow: "CI", failedJobs: full.failedJobs }).data.title).toBe("CI (test) failed on main")
  })

  it("takes a branch by its full ref as well", () => {
    expect(failure({ ...minimal, branch: "refs/heads/main" }).runId).toBe(failure(minimal).runId)
  })

  it("takes the longest name of a branch by its full ref", () => {
    const branch = "b".repeat(255)
    expect(failure({ ...minimal, branch: `refs/heads/${branch}` }).data.target.branch).toBe(branch)
  })

  it.each(["ci-fix-pilot/run_000000000000000000000000", "refs/heads/ci-fix-pilot/x"])(
    "on a branch of ours never starts a run: %s",
    (branch) => {
      expect(Effect.runSync(toFailure({ ...minimal, branch }))).toEqual({ ignored: "a branch of ours never starts a run" })
    },
  )

  it("holds no secret in any of its texts", () => {
    const token = `ghp_${"A1b2C3d4".repeat(5)}`
    const body = {
      ...full,
      errorLog: `error: token ${token}\n`,
      errorType: token,
      workflow: token,
      pipelineUrl: `https://ci.test/?token=${token}`,
      failedJobs: [{ name: token, steps: [token] }],
    }
    expect(JSON.stringify(failure(body))).not.toContain(token)
  })
})

describe("the run of a posted failure", () => {
  it("does not depend on times, paths and line numbers in the log", () => {
    const log = (path: string, line: number, ms: number) => `${path}:${line}\nAssertionError: expected 3 to be 2 (${ms} ms)\n`
    const runOf = (errorLog: string) => failure({ ...minimal, errorLog }).runId
    expect(runOf(log("/home/a/src/round.test.ts", 10, 3))).toBe(runOf(log("/builds/77/src/round.test.ts", 12, 418)))
    expect(runOf(log("/a/round.test.ts", 1, 1))).not.toBe(runOf("TypeError: x is not a function\n"))
  })

  it("stays under the size of a message however much is posted", () => {
    const long = "é".repeat(300)
    const failedJobs = Array.from({ length: 500 }, () => ({ name: long, steps: Array.from({ length: 500 }, () => long) }))
    const { event } = failure({ ...full, errorLog: `Error: ${"é".repeat(1_000)}\n`.repeat(400), failedJobs })
    expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(256 * 1_024)
  })
})

describe("a body that does not fit", () => {
  it.each(Object.keys(minimal))("names the missing field: %s", (field) => {
    expect(problem(without(field))).toMatchObject({ code: "invalid", fields: [{ field }] })
  })

  it.each([
    [{ provider: "circle" }, "provider"],
    [{ repository: "../etc" }, "repository"],
    [{ repository: "acme" }, "repository"],
    [{ branch: "-x" }, "branch"],
    [{ branch: "refs/heads/-x" }, "branch"],
    [{ branch: "refs/heads/-" }, "branch"],
    [{ branch: "refs/heads/" }, "branch"],
    [{ branch: `refs/heads/${"b".repeat(256)}` }, "branch"],
    [{ commitSha: "abc123" }, "commitSha"],
    [{ errorLog: "" }, "errorLog"],
    [{ errorLog: " \n\t\r\n" }, "errorLog"],
    [{ pipelineUrl: "javascript:alert(1)" }, "pipelineUrl"],
    [{ pipelineUrl: "file:///etc/passwd" }, "pipelineUrl"],
    [{ pipelineUrl: "https://github.com@evil.test/" }, "pipelineUrl"],
    [{ workflowRunId: "99" }, "workflowRunId"],
    [{ failedJobs: [{ steps: [] }] }, "failedJobs.0.name"],
  ])("names the wrong field: %o", (change, field) => {
    expect(problem({ ...full, ...change }).fields?.map((one) => one.field)).toEqual([field])
  })

  it("names all of them at once", () => {
    expect(problem({}).fields?.map(({ field }) => field)).toEqual(["provider", "repository", "branch", "commitSha", "errorLog"])
  })

  it.each([null, 1, "text", [], [full]])("may be anything at all: %o", (body) => {
    expect(problem(body).code).toBe("invalid")
  })
})
