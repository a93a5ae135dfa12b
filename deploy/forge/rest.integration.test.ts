import { Octokit } from "@octokit/rest"
import { afterAll, describe, expect, test } from "vitest"
import { git } from "./git/run-git.ts"
import { mara, startSample } from "./sample.ts"

const sample = await startSample()
const { forge } = sample
afterAll(() => sample[Symbol.asyncDispose]())

const repository = "acme/sums"
const at = { owner: "acme", repo: "sums" }
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const client = (auth: string) => new Octokit({ auth, baseUrl: forge.apiUrl, log: quiet })
const octokit = client(forge.token)
const push = (branch: string, text: string) =>
  forge.push({ repository, branch, files: { "sum.txt": text }, message: `Write ${text}`, by: mara })

describe("lists", () => {
  test("the SDK walks through all pages", async () => {
    const { main = "" } = await forge.branches({ repository })
    await Promise.all(Array.from({ length: 65 }, (_, index) => forge.setBranch({ repository, branch: `many/${index}`, sha: main })))
    const refs = await octokit.paginate(octokit.git.listMatchingRefs, { ...at, ref: "heads/many/", per_page: 20 })
    expect(new Set(refs.map((ref) => ref.ref)).size).toBe(65)
  })

  test("runs are found by branch, commit and how they ended, newest first, and counted", async () => {
    const { after } = await push("listed", "1 + 1 = 2\n")
    for (const conclusion of ["success", "failure", "success"] as const) await forge.recordRun({ repository, branch: "listed", conclusion })
    const { data: green } = await octokit.actions.listWorkflowRunsForRepo({
      ...at,
      branch: "listed",
      status: "success",
      head_sha: after,
      per_page: 1,
    })
    expect(green.total_count).toBe(2)
    const { data: all } = await octokit.actions.listWorkflowRunsForRepo({ ...at, branch: "listed" })
    expect(all.workflow_runs.map((run) => run.run_number)).toEqual([3, 2, 1])
    expect((await octokit.actions.listWorkflowRunsForRepo({ ...at, branch: "other" })).data.total_count).toBe(0)
  })

  test("pull requests are found by head whatever their state", async () => {
    await push("found", "1 + 2 = 3\n")
    const { data: pull } = await octokit.pulls.create({ ...at, title: "Found", head: "acme:found", base: "main" })
    await octokit.pulls.update({ ...at, pull_number: pull.number, state: "closed" })
    const numbers = async (state: "open" | "closed" | "all", head: string) =>
      (await octokit.pulls.list({ ...at, state, head })).data.map((one) => one.number)
    expect(await numbers("all", "acme:found")).toEqual([pull.number])
    expect(await numbers("closed", "acme:found")).toEqual([pull.number])
    expect(await numbers("open", "acme:found")).toEqual([])
    expect(await numbers("all", "stranger:found")).toEqual([])
  })
})

test("an answer that has not changed is not sent again", async () => {
  const first = await octokit.repos.get(at)
  const again = octokit.request("GET /repos/{owner}/{repo}", { ...at, headers: { "if-none-match": first.headers.etag ?? "" } })
  await expect(again).rejects.toMatchObject({ status: 304 })
})

test("each answer tells its request's id and what is left of the rate limit", async () => {
  const { headers } = await octokit.repos.get(at)
  const left = Number(headers["x-ratelimit-remaining"])
  expect(headers["x-github-request-id"]).toMatch(/^F09E:/u)
  expect(Number((await octokit.repos.get(at)).headers["x-ratelimit-remaining"])).toBe(left - 1)
})

test("a body that is no JSON is 400, one that does not fit 422", async () => {
  const post = (body: string) =>
    fetch(`${forge.apiUrl}/repos/acme/sums/pulls`, { method: "POST", body, headers: { authorization: `token ${forge.token}` } })
  expect((await post("{")).status).toBe(400)
  expect((await post('{"title": 1}')).status).toBe(422)
})

test("conflicting branches cannot be merged", async () => {
  await push("ours", "2 + 2 = four\n")
  await push("theirs", "2 + 2 = vier\n")
  const { data: pull } = await octokit.pulls.create({ ...at, title: "Translate", head: "theirs", base: "ours" })
  expect(pull).toMatchObject({ mergeable: false, mergeable_state: "dirty" })
  await expect(octokit.pulls.merge({ ...at, pull_number: pull.number })).rejects.toMatchObject({ status: 405 })
})

test("labels added at the same time are all there", async () => {
  await push("labels", "2 + 2 = 4 or so\n")
  const { data: pull } = await octokit.pulls.create({ ...at, title: "Labels", head: "labels", base: "main" })
  const labels = ["a", "b", "c", "d"]
  await Promise.all(labels.map((label) => octokit.issues.addLabels({ ...at, issue_number: pull.number, labels: [label] })))
  const { data } = await octokit.pulls.get({ ...at, pull_number: pull.number })
  expect(data.labels.map((label) => label.name).sort()).toEqual(labels)
})

test("of two who merge at once, one merges", async () => {
  await push("twice", "2 + 2 = 4, twice\n")
  const { data: pull } = await octokit.pulls.create({ ...at, title: "Twice", head: "twice", base: "main" })
  const merge = () =>
    fetch(`${pull.url}/merge`, { method: "PUT", body: "{}", headers: { authorization: `token ${forge.token}` } }).then(
      (answer) => answer.status,
    )
  expect((await Promise.all([merge(), merge(), merge()])).sort()).toEqual([200, 405, 405])
})

test("a client that is slow to send does not hold up another", async () => {
  const { main = "" } = await forge.branches({ repository })
  const create = (body: ReadableStream | string) =>
    fetch(`${forge.apiUrl}/repos/acme/sums/git/refs`, { method: "POST", body, headers: { authorization: `token ${forge.token}` } })
  const text = (name: string) => JSON.stringify({ ref: `refs/heads/${name}`, sha: main })
  let finish = () => {}
  const slow = new ReadableStream({
    start: (controller) => {
      controller.enqueue(text("slow").slice(0, 10))
      finish = () => {
        controller.enqueue(text("slow").slice(10))
        controller.close()
      }
    },
  })
  const first = create(slow)
  expect((await create(text("quick"))).status).toBe(201)
  finish()
  expect((await first).status).toBe(201)
})

test.each(["merge", "squash", "rebase"] as const)("%s brings both sides together", async (method) => {
  await push(`${method}-base`, "2 + 2 = 4\n")
  await forge.push({ repository, branch: `${method}-head`, files: { "new.txt": `${method}\n` }, message: "Add a file", by: mara })
  await forge.push({ repository, branch: `${method}-base`, files: { "other.txt": "other\n" }, message: "Go on", by: mara })
  const { data: pull } = await octokit.pulls.create({ ...at, title: "Both", head: `${method}-head`, base: `${method}-base` })
  const { data: merged } = await octokit.pulls.merge({ ...at, pull_number: pull.number, merge_method: method })
  const tree = await git(forge.repositoryPath(repository), ["ls-tree", "--name-only", `${method}-base`])
  expect(tree.split("\n")).toEqual(expect.arrayContaining(["new.txt", "other.txt"]))
  expect((await octokit.repos.getCommit({ ...at, ref: merged.sha })).data.parents).toHaveLength(method === "merge" ? 2 : 1)
})

test("a base that came to contain the head has merged the pull request", async () => {
  await push("outside-base", "2 + 2 = 4\n")
  const { after } = await forge.push({
    repository,
    branch: "outside-head",
    from: "outside-base",
    files: { "new.txt": "x\n" },
    message: "Add",
    by: mara,
  })
  const { data: pull } = await octokit.pulls.create({ ...at, title: "By hand", head: "outside-head", base: "outside-base" })
  await forge.setBranch({ repository, branch: "outside-base", sha: after })
  expect((await octokit.pulls.get({ ...at, pull_number: pull.number })).data).toMatchObject({ merged: true, state: "closed" })
})

test("a fork's run and pull request say where they come from, and its author's standing", async () => {
  await forge.createRepository({ owner: "stranger", name: "sums", from: forge.repositoryPath(repository), parent: repository })
  const stranger = { login: "stranger", name: "S", email: "s@example.org" }
  const { after } = await forge.push({
    repository: "stranger/sums",
    branch: "gift",
    files: { "sum.txt": "5\n" },
    message: "A gift",
    by: stranger,
  })
  const { data: pull } = await client(forge.token).pulls.create({ ...at, title: "A gift", head: "stranger:gift", base: "main" })
  expect(pull).toMatchObject({ head: { sha: after, repo: { full_name: "stranger/sums", fork: true } }, changed_files: 1 })
  const run = await forge.recordRun({
    repository,
    headRepository: "stranger/sums",
    branch: "gift",
    event: "pull_request",
    conclusion: "failure",
  })
  const { data } = await octokit.actions.getWorkflowRun({ ...at, run_id: run.id })
  expect(data).toMatchObject({
    head_sha: after,
    head_repository: { full_name: "stranger/sums", fork: true },
    repository: { full_name: repository },
    pull_requests: [],
  })
  await push("gift", "Our own gift\n")
  const own = await forge.recordRun({ repository, branch: "gift", conclusion: "failure" })
  expect((await octokit.actions.getWorkflowRun({ ...at, run_id: own.id })).data.pull_requests).toEqual([])
  expect((await octokit.git.getCommit({ ...at, commit_sha: after })).data.message).toBe("A gift")
  expect((await octokit.repos.getCommit({ ...at, ref: after })).data.author?.login).toBe("stranger")
  expect((await octokit.repos.getCollaboratorPermissionLevel({ ...at, username: "stranger" })).data.permission).toBe("read")
})
