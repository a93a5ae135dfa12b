import { RunId } from "@ci-fix-pilot/contract/ids"
import { runIdOf } from "@ci-fix-pilot/contract/run-id"
import { Effect, Schema } from "effect"
import { describe, expect, it } from "vitest"
import { isIgnored } from "./fact.ts"
import { githubFact } from "./github-facts.ts"

const sha = "a".repeat(40)
const repository = { full_name: "acme/widgets", private: false }
const runId = runIdOf({ repository: "acme/widgets", branch: "main", commitSha: sha, cause: "workflow:7", attempt: 2 })
const ours = `ci-fix-pilot/${runId}`

const workflowRun = (change: object = {}, action = "completed") => ({
  action,
  repository,
  workflow_run: {
    id: 99,
    workflow_id: 7,
    run_attempt: 2,
    name: "CI",
    display_title: "Round down",
    html_url: "https://github.test/acme/widgets/actions/runs/99",
    head_branch: "main",
    head_sha: sha,
    conclusion: "failure",
    head_repository: repository,
    pull_requests: [],
    ...change,
  },
})
const checkRun = (change: object = {}, action = "completed") => ({
  action,
  repository,
  check_run: {
    name: "lint",
    head_sha: sha,
    status: "completed",
    conclusion: "failure",
    html_url: null,
    details_url: "https://lint.test/1",
    app: { slug: "linter" },
    check_suite: { head_branch: "main" },
    pull_requests: [],
    ...change,
  },
})
const pullRequest = (change: object = {}, action = "closed") => ({
  action,
  repository,
  pull_request: { number: 5, merged: true, merged_by: { login: "ada" }, head: { ref: ours, sha, repo: repository }, ...change },
  sender: { login: "grace" },
})

const tell = (event: string, payload: unknown) => Effect.runSync(githubFact(event, payload, "f".repeat(64)))
const fact = (event: string, payload: unknown) => {
  const told = tell(event, payload)
  if (isIgnored(told)) throw new Error(`ignored: ${told.ignored}`)
  return told
}
const why = (event: string, payload: unknown) => {
  const told = tell(event, payload)
  return isIgnored(told) ? told.ignored : told
}

describe("workflow_run", () => {
  it("that failed starts the run of its workflow, commit and attempt", () => {
    expect(fact("workflow_run", workflowRun())).toEqual({
      repository: "acme/widgets",
      key: runId,
      runId,
      event: {
        type: "ci-failed",
        data: {
          target: { provider: "github", repository: "acme/widgets", branch: "main", commitSha: sha },
          title: "Round down",
          workflow: "CI",
          workflowRunId: 99,
          runAttempt: 2,
          fork: false,
          pipelineUrl: "https://github.test/acme/widgets/actions/runs/99",
        },
      },
    })
  })

  it("that timed out does too", () => {
    expect(fact("workflow_run", workflowRun({ conclusion: "timed_out" })).runId).toBe(runId)
  })

  it.each(["success", "cancelled", "skipped", "neutral", "action_required", "stale", "startup_failure", null])(
    "that ended %s does not",
    (conclusion) => {
      expect(why("workflow_run", workflowRun({ conclusion }))).toBe("the workflow run did not fail")
    },
  )

  it.each(["requested", "in_progress"])("that is only %s does not", (action) => {
    expect(why("workflow_run", workflowRun({ conclusion: null }, action))).toBe(`workflow_run ${action}`)
  })

  it.each([{ full_name: "eve/widgets" }, null])("of a fork says so, even when the fork is gone: %o", (head_repository) => {
    expect(fact("workflow_run", workflowRun({ head_repository })).event.data).toMatchObject({ fork: true })
  })

  it.each([null, "-bad", "a..b", "x\u0000y"])("without a branch that git would allow is ignored: %s", (head_branch) => {
    expect(why("workflow_run", workflowRun({ head_branch }))).toBe("no branch is named")
  })

  it("shows no secret, colour or hidden text of a commit message", () => {
    const display_title = `\u001b[31mfix\u001b[0m\u202e ghp_${"A1b2C3d4".repeat(5)}\nmore`
    const { title } = { title: "", ...fact("workflow_run", workflowRun({ display_title })).event.data }
    expect(title).toMatch(/^fix \[redacted:[a-z-]+\] more$/u)
  })

  it("on our own branch never starts a run: it is a check of our pull request", () => {
    const told = fact("workflow_run", workflowRun({ head_branch: ours, pull_requests: [{ number: 5 }] }))
    expect(told).toMatchObject({ runId, event: { type: "pull-request-checks", data: { number: 5, headSha: sha, conclusion: "failure" } } })
  })

  it.each([
    ["completed", "success", "success"],
    ["completed", "neutral", "success"],
    ["completed", "timed_out", "failure"],
    ["in_progress", null, "pending"],
  ])("on our own branch, %s and %s, means %s", (action, conclusion, expected) => {
    const told = fact("workflow_run", workflowRun({ head_branch: ours, conclusion, pull_requests: [{ number: 5 }] }, action))
    expect(told.event.data).toMatchObject({ conclusion: expected })
  })

  it.each([
    [{ head_branch: ours }, "no pull request is named"],
    [{ head_branch: ours, conclusion: "cancelled", pull_requests: [{ number: 5 }] }, "the check neither passed nor failed"],
    [{ head_branch: "ci-fix-pilot/odd" }, "a branch of ours without a run"],
    [{ head_branch: ours, head_repository: { full_name: "eve/widgets" } }, "a fork's branch that looks like ours"],
  ])("on our own branch is ignored otherwise: %o", (change, reason) => {
    expect(why("workflow_run", workflowRun(change))).toBe(reason)
  })
})

describe("check_run", () => {
  it("of another app that failed starts a run named by app and check", () => {
    const told = fact("check_run", checkRun())
    expect(told.runId).toBe(runIdOf({ repository: "acme/widgets", branch: "main", commitSha: sha, cause: "check:linter:lint", attempt: 1 }))
    expect(told.event).toMatchObject({ type: "ci-failed", data: { errorType: "lint", pipelineUrl: "https://lint.test/1" } })
  })

  it.each([
    [{ app: { slug: "github-actions" } }, "Actions reports its checks as workflow_run"],
    [{ conclusion: "success" }, "the check did not fail"],
    [{ check_suite: { head_branch: null } }, "no branch is named"],
  ])("is ignored otherwise: %o", (change, reason) => {
    expect(why("check_run", checkRun(change))).toBe(reason)
  })

  it("on our own branch is a check of our pull request", () => {
    const told = fact("check_run", checkRun({ check_suite: { head_branch: ours }, pull_requests: [{ number: 5 }] }))
    expect(told.event).toEqual({ type: "pull-request-checks", data: { number: 5, headSha: sha, conclusion: "failure" } })
  })
})

describe("pull_request", () => {
  it("of ours that was merged says by whom", () => {
    expect(fact("pull_request", pullRequest())).toMatchObject({
      runId,
      event: { type: "pull-request-merged", data: { number: 5, by: "ada" } },
    })
  })

  it("of ours that was merged says which one it was: a person may be faster than our own answer", () => {
    const told = fact("pull_request", pullRequest({ html_url: "https://github.com/acme/shop/pull/5" }))
    const which = { number: 5, url: "https://github.com/acme/shop/pull/5", branch: ours, headSha: sha, adopted: true }
    expect(told.event).toEqual({ type: "pull-request-merged", data: { number: 5, by: "ada", pullRequest: which } })
  })

  it.each(["javascript:alert(1)", "not an address", "https://github.com@evil.test/", `https://github.com/${"x".repeat(500)}`])(
    "has no address such as %s",
    (html_url) => {
      expect(fact("pull_request", pullRequest({ html_url })).event.data).toEqual({ number: 5, by: "ada" })
    },
  )

  it("of ours that was closed says by whom", () => {
    const told = fact("pull_request", pullRequest({ merged: false }))
    expect(told.event).toEqual({ type: "pull-request-closed", data: { number: 5, by: "grace" } })
  })

  it.each([{ full_name: "eve/widgets" }, null])("from a fork is not ours, whatever its branch is called: %o", (repo) => {
    expect(why("pull_request", pullRequest({ head: { ref: ours, sha, repo } }))).toBe("not a pull request of ours")
  })

  it("of somebody else, or not closed, changes nothing", () => {
    expect(why("pull_request", pullRequest({ head: { ref: "topic", sha, repo: repository } }))).toBe("not a pull request of ours")
    expect(why("pull_request", pullRequest({}, "synchronize"))).toBe("pull_request synchronize")
  })
})

describe("any event of GitHub", () => {
  it("gives a run id that the contract knows", () => {
    const told = [fact("workflow_run", workflowRun()), fact("check_run", checkRun()), fact("pull_request", pullRequest())]
    expect(told.every((one) => Schema.is(RunId)(one.runId))).toBe(true)
  })

  it.each(["ping", "push", "star"])("that says nothing about a failure is ignored: %s", (event) => {
    expect(isIgnored(tell(event, {}))).toBe(true)
  })

  it.each(["workflow_run", "check_run", "pull_request"])("of another shape names its fields: %s", (event) => {
    const error = Effect.runSync(Effect.flip(githubFact(event, { action: "completed", [event]: {} }, "")))
    expect(error.code).toBe("invalid")
    expect(error.fields?.map(({ field }) => field)).toContain("repository")
  })
})
