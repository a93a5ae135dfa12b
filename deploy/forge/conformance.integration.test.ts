import { generateKeyPairSync } from "node:crypto"
import { createAppAuth } from "@octokit/auth-app"
import { Octokit } from "@octokit/rest"
import { afterAll, describe, expect, test } from "vitest"
import { type Description, loadDescription } from "./openapi.ts"
import { mara, startSample } from "./sample.ts"
import { apiRoutes, routeName } from "./server.ts"

const description = loadDescription()
const sample = await startSample()
const { forge } = sample
afterAll(() => sample[Symbol.asyncDispose]())

const judged = new Map<string, Set<number>>()
const problems: Array<string> = []

const isJson = (type: string | undefined): boolean => type?.startsWith("application/json") === true

/** Judges every answer the SDK gets, errors included, by the route's description. */
const watched = (octokit: Octokit, judge: Description["judgeAnswer"] = description.judgeAnswer): Octokit => {
  octokit.hook.after("request", (response, { method, url }) => {
    const route = `${method} ${url}`
    judged.set(route, (judged.get(route) ?? new Set()).add(response.status))
    if (isJson(response.headers["content-type"])) problems.push(...judge(method, url, response.status, response.data))
  })
  octokit.hook.error("request", (error, { method, url }) => {
    if ("response" in error && error.response !== undefined) {
      const route = `${method} ${url}`
      judged.set(route, (judged.get(route) ?? new Set()).add(error.response.status))
      problems.push(...judge(method, url, error.response.status, error.response.data))
    }
    throw error
  })
  return octokit
}

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const github = (auth: string | undefined) =>
  watched(new Octokit({ baseUrl: forge.apiUrl, log: quiet, ...(auth === undefined ? {} : { auth }) }))
const octokit = github(forge.token)
const at = { owner: "acme", repo: "sums" }
const failsWith = (status: number) => (request: Promise<unknown>) => expect(request).rejects.toMatchObject({ status })

describe("every answer is as GitHub describes it", () => {
  test("repositories, branches and people", async () => {
    await octokit.repos.get(at)
    await github(undefined).repos.get(at)
    await octokit.repos.listBranches(at)
    await octokit.repos.getBranch({ ...at, branch: "main" })
    await failsWith(404)(octokit.repos.getBranch({ ...at, branch: "nowhere" }))
    await octokit.repos.getCollaboratorPermissionLevel({ ...at, username: "mara-lindt" })
    await octokit.users.getAuthenticated()
    await failsWith(401)(github(undefined).users.getAuthenticated())
    await octokit.rateLimit.get()
  })

  test("refs and git objects, from blob to branch", async () => {
    const { data: ref } = await octokit.git.getRef({ ...at, ref: "heads/main" })
    const { data: parent } = await octokit.git.getCommit({ ...at, commit_sha: ref.object.sha })
    const { data: blob } = await octokit.git.createBlob({ ...at, content: "3 + 3 = 6\n" })
    await octokit.git.getBlob({ ...at, file_sha: blob.sha })
    const entry = { path: "more/sum.txt", mode: "100644", type: "blob", sha: blob.sha } as const
    const { data: tree } = await octokit.git.createTree({ ...at, base_tree: parent.tree.sha, tree: [entry] })
    await octokit.git.getTree({ ...at, tree_sha: tree.sha, recursive: "1" })
    const { data: commit } = await octokit.git.createCommit({ ...at, message: "Add a sum", tree: tree.sha, parents: [parent.sha] })
    await octokit.git.createRef({ ...at, ref: "refs/heads/more", sha: commit.sha })
    await failsWith(422)(octokit.git.createRef({ ...at, ref: "refs/heads/more", sha: commit.sha }))
    await octokit.git.updateRef({ ...at, ref: "heads/more", sha: parent.sha, force: true })
    await octokit.git.updateRef({ ...at, ref: "heads/more", sha: commit.sha })
    await failsWith(422)(octokit.git.updateRef({ ...at, ref: "heads/more", sha: parent.sha }))
    await octokit.git.listMatchingRefs({ ...at, ref: "heads/mo" })
    await octokit.git.createRef({ ...at, ref: "refs/heads/gone", sha: commit.sha })
    await octokit.git.deleteRef({ ...at, ref: "heads/gone" })
    await failsWith(422)(octokit.git.deleteRef({ ...at, ref: "heads/gone" }))
    await failsWith(404)(octokit.git.getRef({ ...at, ref: "heads/gone" }))
    await failsWith(422)(octokit.git.createCommit({ ...at, message: "x", tree: "0".repeat(40) }))
    await failsWith(404)(octokit.git.getCommit({ ...at, commit_sha: "0".repeat(40) }))
  })

  test("commits, comparisons and contents", async () => {
    await octokit.repos.listCommits({ ...at, sha: "more", per_page: 1 })
    await octokit.repos.getCommit({ ...at, ref: "more" })
    await failsWith(422)(octokit.repos.getCommit({ ...at, ref: "f".repeat(40) }))
    const { data } = await octokit.repos.compareCommitsWithBasehead({ ...at, basehead: "main...more" })
    expect(data).toMatchObject({ status: "ahead", ahead_by: 1, total_commits: 1 })
    await failsWith(404)(octokit.repos.compareCommitsWithBasehead({ ...at, basehead: "main...nowhere" }))
    await octokit.repos.getContent({ ...at, path: ".github/workflows/ci.yml", ref: "more" })
    await octokit.repos.getContent({ ...at, path: "", ref: "more" })
    await failsWith(404)(octokit.repos.getContent({ ...at, path: "nothing.txt" }))
  })

  test("pull requests from opening to merging", async () => {
    const { data: pull } = await octokit.pulls.create({ ...at, title: "More sums", head: "more", base: "main", body: "They are needed." })
    await failsWith(422)(octokit.pulls.create({ ...at, title: "Again", head: "more", base: "main" }))
    await failsWith(422)(octokit.pulls.create({ ...at, title: "Nothing", head: "main", base: "main" }))
    const which = { ...at, pull_number: pull.number }
    const issue = { ...at, issue_number: pull.number }
    await octokit.issues.addLabels({ ...issue, labels: ["ci-fix-pilot", "bug"] })
    await octokit.issues.removeLabel({ ...issue, name: "bug" })
    await octokit.issues.listLabelsOnIssue(issue)
    await octokit.issues.createComment({ ...issue, body: "Proven." })
    await octokit.issues.listComments(issue)
    await octokit.pulls.list({ ...at, state: "all", head: "acme:more", base: "main" })
    await octokit.pulls.update({ ...which, title: "Some more sums" })
    await octokit.pulls.update({ ...which, state: "closed" })
    await octokit.pulls.update({ ...which, state: "open" })
    await octokit.pulls.get(which)
    await octokit.pulls.listFiles(which)
    await octokit.pulls.listCommits(which)
    await failsWith(404)(octokit.pulls.checkIfMerged(which))
    await failsWith(409)(octokit.pulls.merge({ ...which, sha: "0".repeat(40) }))
    await octokit.pulls.merge({ ...which, sha: pull.head.sha })
    await octokit.pulls.checkIfMerged(which)
    await octokit.pulls.get(which)
    await failsWith(405)(octokit.pulls.merge(which))
    await failsWith(404)(octokit.pulls.get({ ...at, pull_number: 999 }))
  })

  test("runs, jobs, logs, checks and statuses", async () => {
    await forge.push({ repository: "acme/sums", branch: "wrong", files: { "sum.txt": "2 + 2 = 5\n" }, message: "Round up", by: mara })
    const run = await forge.runWorkflow({ repository: "acme/sums", branch: "wrong" })
    const [job] = run.jobs
    const which = { ...at, run_id: run.id }
    const attempt = { ...which, attempt_number: 1 }
    const one = { ...at, job_id: job?.id ?? 0 }
    const workflow = { ...at, workflow_id: "ci.yml" }
    await octokit.actions.listWorkflowRunsForRepo({ ...at, branch: "wrong", status: "failure", head_sha: run.headSha })
    await octokit.actions.getWorkflowRun(which)
    await octokit.actions.getWorkflowRunAttempt(attempt)
    await octokit.actions.listJobsForWorkflowRun(which)
    await octokit.actions.listJobsForWorkflowRunAttempt(attempt)
    await octokit.actions.getJobForWorkflowRun(one)
    await octokit.actions.downloadJobLogsForWorkflowRun(one)
    await octokit.actions.downloadWorkflowRunLogs(which)
    await octokit.actions.downloadWorkflowRunAttemptLogs(attempt)
    await octokit.actions.listRepoWorkflows(at)
    await octokit.actions.getWorkflow(workflow)
    await octokit.actions.listWorkflowRuns(workflow)
    await octokit.checks.listForRef({ ...at, ref: "wrong" })
    await octokit.checks.get({ ...at, check_run_id: one.job_id })
    const { data: suites } = await octokit.checks.listSuitesForRef({ ...at, ref: "wrong" })
    await octokit.checks.getSuite({ ...at, check_suite_id: suites.check_suites[0]?.id ?? 0 })
    await octokit.repos.createCommitStatus({ ...at, sha: run.headSha, state: "failure", context: "lint" })
    await octokit.repos.listCommitStatusesForRef({ ...at, ref: "wrong" })
    await octokit.repos.getCombinedStatusForRef({ ...at, ref: "wrong" })
    await failsWith(404)(octokit.actions.getWorkflowRun({ ...at, run_id: 1 }))
    await forge.expireLogs({ run: run.id })
    await failsWith(410)(octokit.actions.downloadJobLogsForWorkflowRun(one))
  })

  test("the app, its installation and its tokens", async () => {
    const { privateKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    })
    const app = watched(new Octokit({ baseUrl: forge.apiUrl, log: quiet, authStrategy: createAppAuth, auth: { appId: 7, privateKey } }))
    await app.apps.getAuthenticated()
    const { data: installation } = await app.apps.getRepoInstallation(at)
    await app.apps.listInstallations()
    await app.apps.getInstallation({ installation_id: installation.id })
    const { data: token } = await app.apps.createInstallationAccessToken({ installation_id: installation.id })
    await github(token.token).repos.get({ ...at, repo: "secret-sums" })
    await app.apps.listWebhookDeliveries()
    await failsWith(404)(app.apps.redeliverWebhookDelivery({ delivery_id: 999 }))
    await failsWith(404)(app.apps.getInstallation({ installation_id: 1 }))
    await failsWith(401)(octokit.apps.getAuthenticated())
  })

  test("nothing was wrong with any of them", () => {
    expect(problems).toEqual([])
  })

  test("no route was left out, and GitHub has every one of them", () => {
    expect(apiRoutes.filter((route) => !description.has(route.method, route.path)).map(routeName)).toEqual([])
    expect(apiRoutes.map(routeName).filter((route) => !judged.has(route))).toEqual([])
  })
})

describe("every route under a repository", () => {
  const routes = apiRoutes.filter((route) => route.path.startsWith("/repos/") && !route.path.endsWith("/installation"))
  const call = async (path: string, method: string, token: string | undefined) => {
    const filled = path
      .replace("{owner}", "acme")
      .replace("{repo}", "secret-sums")
      .replace(/\{\w+\}/gu, "1")
    const answer = await fetch(`${forge.apiUrl}${filled}`, {
      method,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    })
    const body: unknown = await answer.json()
    return { status: answer.status, body }
  }

  test.each(routes.map((route) => [routeName(route), route] as const))(
    "%s refuses a bad token and hides a private repository",
    async (_, { method, path }) => {
      const bad = await call(path, method, "nonsense")
      expect(bad).toMatchObject({ status: 401, body: { message: "Bad credentials" } })
      const hidden = await call(path, method, undefined)
      expect(hidden).toMatchObject({ status: 404, body: { message: "Not Found" } })
      expect(description.judgeAnswer(method, path, 401, bad.body)).toEqual([])
      expect(description.judgeAnswer(method, path, 404, hidden.body)).toEqual([])
    },
  )
})
