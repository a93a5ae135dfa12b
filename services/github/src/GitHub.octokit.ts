import { Config, Effect, Layer, type Schema } from "effect"
import { Credential } from "./Credential.ts"
import { conclusionOf } from "./conclude-checks.ts"
import { GitHub, type Pull } from "./GitHub.ts"
import { GitHubClient, ownerAndName } from "./GitHubClient.ts"
import * as Answer from "./octokit-schemas.ts"
import { takeTurns } from "./take-turns.ts"

const settings = Config.all({ spacingMs: Config.Int("CI_HEALING_GITHUB_SPACING_MS").pipe(Config.withDefault(1_000)) })
const pageSize = 100
const mostPages = 10

/** GitHub through the official SDK. A refused credential is renewed and the request sent again, once. */
export const layer = Layer.effect(
  GitHub,
  Effect.gen(function* () {
    const client = yield* GitHubClient
    const credential = yield* Credential
    const { spacingMs } = yield* settings
    const turn = yield* takeTurns(spacingMs)

    type Parameters = Readonly<Record<string, unknown>>
    const ask = <A>(route: string, repository: string, parameters: Parameters, schema: Schema.Codec<A, unknown>) => {
      const once = Effect.flatMap(credential.token(repository), (token) =>
        client.ask({ route, parameters: { ...ownerAndName(repository), ...parameters }, token, schema }),
      )
      return once.pipe(Effect.catchTag("Unauthorized", () => Effect.andThen(credential.renew(repository), once)))
    }
    /** Reads change nothing, so a garbled answer is simply asked for once more. */
    const read = <A>(path: string, repository: string, parameters: Parameters, schema: Schema.Codec<A, unknown>) => {
      const once = ask(`GET /repos/{owner}/{repo}${path}`, repository, parameters, schema)
      return Effect.catchTag(once, "Garbled", () => once)
    }
    const write = <A>(method: string, path: string, repository: string, parameters: Parameters, schema: Schema.Codec<A, unknown>) =>
      ask(`${method} /repos/{owner}/{repo}${path}`, repository, parameters, schema)
    const download = (path: string, repository: string, parameters: Parameters) => {
      const route = `GET /repos/{owner}/{repo}${path}`
      const once = Effect.flatMap(credential.token(repository), (token) =>
        client.download({ route, parameters: { ...ownerAndName(repository), ...parameters }, token }),
      )
      return once.pipe(
        Effect.catchTag("Unauthorized", () => Effect.andThen(credential.renew(repository), once)),
        Effect.catchTag("Garbled", () => once),
      )
    }
    const pullPage = (repository: string, parameters: Parameters) =>
      read("/pulls", repository, { per_page: pageSize, sort: "created", direction: "desc", ...parameters }, Answer.PullsAnswer).pipe(
        Effect.map((pulls) => pulls.map(Answer.toPull)),
      )

    return GitHub.of({
      repository: (repository) => read("", repository, {}, Answer.RepositoryAnswer).pipe(Effect.map(Answer.toRepository)),
      branchHead: (repository, branch) =>
        read("/git/ref/{ref}", repository, { ref: `heads/${branch}` }, Answer.RefAnswer).pipe(Effect.map(({ object }) => object.sha)),
      commit: (repository, sha) =>
        read("/git/commits/{commit_sha}", repository, { commit_sha: sha }, Answer.CommitAnswer).pipe(Effect.map(Answer.toCommit)),
      commitAuthor: (repository, sha) =>
        read("/commits", repository, { sha, per_page: 1 }, Answer.CommitListAnswer).pipe(Effect.map(([commit]) => commit?.author?.login)),
      tree: (repository, treeSha) =>
        read("/git/trees/{tree_sha}", repository, { tree_sha: treeSha }, Answer.TreeAnswer).pipe(Effect.map(Answer.toEntries)),
      blob: (repository, sha) =>
        read("/git/blobs/{file_sha}", repository, { file_sha: sha }, Answer.BlobAnswer).pipe(Effect.map(Answer.toBytes)),
      fileText: (repository, path, commit) =>
        read("/contents/{path}", repository, { path, ref: commit }, Answer.FileAnswer).pipe(Effect.map(Answer.toText)),
      compare: (repository, base, head) =>
        read("/compare/{basehead}", repository, { basehead: `${base}...${head}`, per_page: 1 }, Answer.CompareAnswer).pipe(
          Effect.map((answer) => ({ mergeBase: answer.merge_base_commit.sha, isAncestor: answer.behind_by === 0 })),
        ),
      permission: (repository, login) =>
        read("/collaborators/{username}/permission", repository, { username: login }, Answer.PermissionAnswer).pipe(
          Effect.map(({ permission }) => permission),
        ),

      workflowRun: (repository, runId, attempt) => {
        const path = attempt === undefined ? "/actions/runs/{run_id}" : "/actions/runs/{run_id}/attempts/{attempt_number}"
        return read(
          path,
          repository,
          { run_id: runId, ...(attempt === undefined ? {} : { attempt_number: attempt }) },
          Answer.RunAnswer,
        ).pipe(Effect.map(Answer.toRun))
      },
      workflowRunsAt: (repository, sha) =>
        read("/actions/runs", repository, { head_sha: sha, per_page: pageSize }, Answer.RunsAnswer).pipe(
          Effect.map(({ workflow_runs }) => workflow_runs.map(Answer.toRun)),
        ),
      successfulRuns: (repository, workflowId, branch) => {
        const parameters = { workflow_id: workflowId, branch, status: "success", per_page: 20 }
        return read("/actions/workflows/{workflow_id}/runs", repository, parameters, Answer.RunsAnswer).pipe(
          Effect.map(({ workflow_runs }) => workflow_runs.map(Answer.toRun)),
        )
      },
      jobs: Effect.fnUntraced(function* (repository, runId, attempt) {
        const parameters = { run_id: runId, attempt_number: attempt, per_page: pageSize }
        const path = "/actions/runs/{run_id}/attempts/{attempt_number}/jobs"
        const jobs = []
        for (let page = 1; page <= mostPages; page += 1) {
          const answer = yield* read(path, repository, { ...parameters, page }, Answer.JobsAnswer)
          jobs.push(...Answer.toJobs(answer))
          if (answer.jobs.length < pageSize) break
        }
        return jobs
      }),
      jobLog: (repository, jobId) => download("/actions/jobs/{job_id}/logs", repository, { job_id: jobId }),
      attemptLogs: (repository, runId, attempt) =>
        download("/actions/runs/{run_id}/attempts/{attempt_number}/logs", repository, { run_id: runId, attempt_number: attempt }),

      pull: (repository, number) =>
        read("/pulls/{pull_number}", repository, { pull_number: number }, Answer.PullAnswer).pipe(Effect.map(Answer.toPull)),
      pullsFrom: (repository, owner, branch) => pullPage(repository, { head: `${owner}:${branch}`, state: "all" }),
      openPulls: Effect.fnUntraced(function* (repository, matches, enough) {
        const found: Array<Pull> = []
        for (let page = 1; page <= mostPages; page += 1) {
          const pulls = yield* pullPage(repository, { state: "open", page })
          found.push(...pulls.filter(matches))
          if (found.length >= enough || pulls.length < pageSize) break
        }
        return found.slice(0, enough)
      }),
      checks: Effect.fnUntraced(function* (repository, sha) {
        const runs = []
        let all = 0
        for (let page = 1; page <= mostPages; page += 1) {
          const parameters = { ref: sha, per_page: pageSize, page }
          const answer = yield* read("/commits/{ref}/check-runs", repository, parameters, Answer.CheckRunsAnswer)
          runs.push(...answer.check_runs)
          all = answer.total_count
          if (answer.check_runs.length < pageSize) break
        }
        const status = yield* read("/commits/{ref}/status", repository, { ref: sha }, Answer.StatusAnswer)
        return conclusionOf(runs, status.total_count === 0 ? undefined : status.state, all)
      }),

      turn,
      createBlob: (repository, bytes) => {
        const blob = { content: Buffer.from(bytes).toString("base64"), encoding: "base64" }
        return write("POST", "/git/blobs", repository, blob, Answer.ShaAnswer).pipe(Effect.map(({ sha }) => sha))
      },
      createTree: (repository, baseTree, changes) => {
        const tree = changes.map((change) => ({ ...change, type: "blob" }))
        return write("POST", "/git/trees", repository, { base_tree: baseTree, tree }, Answer.ShaAnswer).pipe(Effect.map(({ sha }) => sha))
      },
      createCommit: (repository, { message, tree, parent, author }) =>
        write("POST", "/git/commits", repository, { message, tree, parents: [parent], author, committer: author }, Answer.ShaAnswer).pipe(
          Effect.map(({ sha }) => sha),
        ),
      createBranch: (repository, branch, sha) =>
        write("POST", "/git/refs", repository, { ref: `refs/heads/${branch}`, sha }, Answer.RefAnswer).pipe(Effect.asVoid),
      deleteBranch: (repository, branch) =>
        write("DELETE", "/git/refs/{ref}", repository, { ref: `heads/${branch}` }, Answer.NoAnswer).pipe(Effect.asVoid),
      createPull: (repository, pull) =>
        write("POST", "/pulls", repository, { ...pull, maintainer_can_modify: true }, Answer.PullAnswer).pipe(Effect.map(Answer.toPull)),
      closePull: (repository, number, body) =>
        write("PATCH", "/pulls/{pull_number}", repository, { pull_number: number, state: "closed", body }, Answer.PullAnswer).pipe(
          Effect.map(Answer.toPull),
        ),
      addLabel: (repository, number, label) =>
        write("POST", "/issues/{issue_number}/labels", repository, { issue_number: number, labels: [label] }, Answer.LabelsAnswer).pipe(
          Effect.asVoid,
        ),
      merge: (repository, number, headSha, method) => {
        const parameters = { pull_number: number, sha: headSha, merge_method: method }
        return write("PUT", "/pulls/{pull_number}/merge", repository, parameters, Answer.MergeAnswer).pipe(Effect.asVoid)
      },
    })
  }),
)
