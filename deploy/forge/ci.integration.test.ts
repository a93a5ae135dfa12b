import { Octokit } from "@octokit/rest"
import { afterAll, expect, test } from "vitest"
import { startSample } from "./sample.ts"

const sample = await startSample()
const { forge } = sample
afterAll(() => sample[Symbol.asyncDispose]())

const repository = "acme/sums"
const at = { owner: "acme", repo: "sums" }
const octokit = new Octokit({ auth: forge.token, baseUrl: forge.apiUrl })
let branches = 0

/** Pushes a workflow with these jobs to a branch of its own and runs it. */
const run = async (jobs: string) => {
  branches += 1
  const branch = `ci-${branches}`
  await forge.push({ repository, branch, files: { ".github/workflows/ci.yml": `name: Check\njobs:\n${jobs}` }, message: "Change CI" })
  return forge.runWorkflow({ repository, branch })
}

const logOf = async (job: number): Promise<string> =>
  String((await octokit.actions.downloadJobLogsForWorkflowRun({ ...at, job_id: job })).data)

test("steps run for real in a fresh checkout, and the log says what they printed", async () => {
  const { conclusion, jobs, name } = await run(
    `  test:\n    env: { GREETING: hello }\n    steps:\n      - uses: actions/checkout@v4\n      - run: echo "$GREETING from $GITHUB_REF_NAME"; cat sum.txt; echo oops >&2\n`,
  )
  expect({ conclusion, name }).toEqual({ conclusion: "success", name: "Check" })
  const log = await logOf(jobs[0]?.id ?? 0)
  expect(log).toMatch(/Z hello from ci-1\n.*Z 2 \+ 2 = 4\n.*Z oops\n/u)
  expect(log).toContain("##[group]Run actions/checkout@v4")
  expect(log).toMatch(/Z {3}GREETING: hello\n/u)
})

test("after a failed step the rest is skipped, but what cleans up", async () => {
  const { conclusion, jobs } = await run(
    `  test:\n    steps:\n      - { name: Break, run: exit 3 }\n      - { name: Go on, run: "true" }\n      - { name: Report, if: failure(), run: echo failed }\n      - { name: Clean, if: always(), run: echo clean }\n`,
  )
  expect(conclusion).toBe("failure")
  expect(jobs[0]?.steps.map((step) => [step.name, step.conclusion])).toEqual([
    ["Set up job", "success"],
    ["Break", "failure"],
    ["Go on", "skipped"],
    ["Report", "success"],
    ["Clean", "success"],
    ["Complete job", "success"],
  ])
  expect(await logOf(jobs[0]?.id ?? 0)).toContain("##[error]Process completed with exit code 3.")
})

test("a failure that is allowed does not fail the job", async () => {
  expect((await run(`  lint:\n    steps:\n      - { run: "false", continue-on-error: true }\n`)).conclusion).toBe("success")
})

test("a job that needs a failed one is skipped", async () => {
  const { jobs } = await run(
    `  ship:\n    needs: test\n    steps: [{ run: echo }]\n  test:\n    name: Tests\n    steps: [{ run: "false" }]\n`,
  )
  expect(jobs.map((job) => [job.name, job.conclusion])).toEqual([
    ["Tests", "failure"],
    ["ship", "skipped"],
  ])
})

test("a step that hangs is ended, with all it started", async () => {
  const { conclusion, jobs } = await run(`  test:\n    timeout-minutes: 0.01\n    steps:\n      - run: sleep 600 & sleep 600\n`)
  expect(conclusion).toBe("failure")
  expect(await logOf(jobs[0]?.id ?? 0)).toContain("has timed out after 1 seconds")
})

test("a failing part of a pipe fails a bash step, and steps run where they say", async () => {
  const failing = await run(`  test:\n    steps: [{ shell: bash, run: "false | cat" }]\n`)
  expect(failing.conclusion).toBe("failure")
  const inside = await run(`  test:\n    defaults: { run: { working-directory: docs } }\n    steps: [{ run: cat why.md }]\n`)
  expect(inside.conclusion).toBe("success")
})

test("nothing of the operator's environment is seen but where programs and packages come from", async () => {
  const { jobs } = await run(`  test:\n    steps: [{ run: "env | cut -d= -f1 | sort | tr '\\\\n' ' '" }]\n`)
  const names = (await logOf(jobs[0]?.id ?? 0)).split("\n").find((line) => line.includes("GITHUB_SHA ") && line.includes("PATH ")) ?? ""
  const allowed = /^(GITHUB_\w+|RUNNER_OS|CI|HOME|PATH|PWD|OLDPWD|SHLVL|LANG|TMPDIR|_|npm_config_\w+)$/u
  expect(
    names
      .split(" ")
      .slice(1)
      .filter((name) => name !== "" && !allowed.test(name)),
  ).toEqual([])
})

test("running again is a further attempt of the same run", async () => {
  const first = await run(`  test:\n    steps: [{ run: "false" }]\n`)
  const second = await forge.runWorkflow({ repository, branch: first.headBranch, rerunOf: first.id })
  expect([second.id, second.attempt, second.number]).toEqual([first.id, 2, first.number])
  const { data: latest } = await octokit.actions.getWorkflowRun({ ...at, run_id: first.id })
  expect(latest.run_attempt).toBe(2)
  const { data: jobs } = await octokit.actions.listJobsForWorkflowRunAttempt({ ...at, run_id: first.id, attempt_number: 1 })
  expect(jobs.jobs.map((job) => job.id)).toEqual(first.jobs.map((job) => job.id))
})

test("a workflow that cannot be run is refused with the reason", async () => {
  await expect(run("  test: 1\n")).rejects.toThrow("Expected")
  await expect(forge.runWorkflow({ repository, branch: "main", path: ".github/workflows/none.yml" })).rejects.toThrow("there is no")
})

test("a run's logs come as a zip that other programs can read, named as GitHub names them", async () => {
  const { id } = await run(`  test:\n    name: "Unit: all"\n    steps: [{ name: Say it, run: echo héllo }]\n`)
  const { data } = await octokit.actions.downloadWorkflowRunLogs({ ...at, run_id: id })
  if (!(data instanceof ArrayBuffer)) throw new Error("not an archive")
  const script =
    "import sys,io,zipfile; z=zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read())); assert z.testzip() is None; [print(n, z.read(n).decode()) for n in z.namelist()]"
  const child = Bun.spawn(["python3", "-c", script], {
    stdin: Buffer.from(data),
    stdout: "pipe",
    env: { PATH: "/usr/local/bin:/usr/bin:/bin", PYTHONUTF8: "1" },
  })
  const text = await new Response(child.stdout).text()
  expect(await child.exited).toBe(0)
  expect(text).toMatch(/^0_Unit all\.txt \uFEFF\d{4}-/u)
  expect(text).toMatch(/^Unit all\/2_Say it\.txt [\s\S]*Z héllo$/mu)
})
