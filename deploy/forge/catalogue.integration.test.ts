import { mkdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, describe, expect, test } from "vitest"
import { scenarioNamed, scenarios } from "./catalogue.ts"
import { registrySettings, scrubbed } from "./environment.ts"
import { git } from "./git/run-git.ts"
import { type Played, play, playMeanwhile } from "./play.ts"
import { startSample } from "./sample.ts"
import type { Scenario } from "./scenario.ts"

const sample = await startSample()
const { forge, dir } = sample
afterAll(() => sample[Symbol.asyncDispose]())

let checkouts = 0

/** Runs the scenario's own command in a fresh clone of a commit and gives its exit code and output. */
const verify = async (scenario: Scenario, repository: string, sha: string) => {
  checkouts += 1
  const target = join(dir, `checkout-${checkouts}`)
  await git(dir, ["clone", "--quiet", `${forge.url}/${repository}.git`, target])
  await git(target, ["checkout", "--quiet", "--detach", sha])
  mkdirSync(join(target, ".home"))
  const env = scrubbed({ ...registrySettings(), HOME: join(target, ".home") })
  const child = Bun.spawn(["bash", "-c", `exec 2>&1; ${scenario.verify}`], { cwd: target, env, stdout: "pipe" })
  const output = await new Response(child.stdout).text()
  return { code: await child.exited, output, read: (path: string) => readFileSync(join(target, path), "utf8") }
}

describe.each(scenarios.map((scenario) => [scenario.name, scenario] as const))("%s", (_, scenario) => {
  let played: Played

  test("CI ends red, for a reason its log shows", async () => {
    played = await play(forge, scenario)
    expect(played.run).toMatchObject({ conclusion: "failure", headSha: played.sha, headBranch: played.branch })
    const failed = played.run.jobs.flatMap((job) => job.steps).find((step) => step.conclusion === "failure")
    expect(failed?.name).toMatch(/^(Run tests|Run unittest|Compile)$/u)
  })

  test("the red commit is red with the scenario's command, unless the failure was the runner's", async () => {
    const { code, output, read } = await verify(scenario, played.repository, played.sha)
    if (scenario.recordedLog === undefined) expect({ code, output }).not.toMatchObject({ code: 0 })
    else expect({ code, output }).toMatchObject({ code: 0 })
    for (const [path, text] of Object.entries(scenario.keeps)) expect(read(path)).toContain(text)
    for (const [path, text] of Object.entries(scenario.restores)) expect(read(path)).not.toContain(text)
  })

  test("the newest good commit is green, where there is one", async () => {
    if (played.good === null) {
      expect(scenario.base).not.toBeNull()
      expect(scenario.changes).toEqual([])
      return
    }
    const { code, output, read } = await verify(scenario, played.repository, played.good)
    expect({ code, output }).toMatchObject({ code: 0 })
    for (const [path, text] of Object.entries(scenario.restores)) expect(read(path)).toContain(text)
  })

  test("what happens meanwhile moves the branch", async () => {
    const moved = await playMeanwhile(forge, scenario, played.repository)
    const branches = await forge.branches({ repository: played.repository })
    expect(branches[played.branch]).toBe(moved?.after ?? played.sha)
    if (moved !== undefined) expect((await verify(scenario, played.repository, moved.after)).code).toBe(0)
  })
})

test("a scenario whose good commits are not green here is an error, not a scenario", async () => {
  const first = scenarioNamed("node-regression")
  const red = { ...scenarioNamed("no-green-ancestor"), changes: first.changes }
  await expect(play(forge, red, { repository: { owner: "acme", name: "never-green" } })).rejects.toThrow(
    'CI of no-green-ancestor should end with success, and ended with failure at the step "Run tests"',
  )
})
