/** Small projects that break for real, each in a repository of its own. */
import { bad, breakProject, makeProject } from "@ci-fix-pilot/deploy/e2e/small-project"
import type { Fleet } from "@ci-fix-pilot/deploy/fleet/fleet"
import { runIdFor, untilPhase } from "@ci-fix-pilot/deploy/fleet/judge-run"

/** How long something that the fleet does may take here (ms): many times what it takes on two busy cores. */
export const patience = 45_000

const fixed: ReadonlySet<string> = new Set(["fixed"])

/** Breaks a new project; gives its run, which is being healed. */
export const broken = async (fleet: Fleet, name: string): Promise<string> => {
  const repository = await makeProject(fleet, name)
  return runIdFor(fleet, repository, await breakProject(fleet, repository), patience)
}

/** Breaks a new project and waits until its pull request is open. */
export const healed = async (fleet: Fleet, name: string): Promise<string> => {
  const runId = await broken(fleet, name)
  await untilPhase(fleet, runId, patience, fixed)
  return runId
}

export interface Breaking {
  readonly branch: string
  readonly message: string
  readonly login: string
  readonly log: string
}

/** Breaks a new project on another branch, as told. */
export const brokenBy = async (fleet: Fleet, name: string, { branch, message, login, log }: Breaking): Promise<string> => {
  const repository = await makeProject(fleet, name)
  const by = { login, name: login, email: `${login}@example.test` }
  const { after } = await fleet.forge.push({ repository, branch, from: "main", files: { "src/total.js": bad }, message, by })
  await fleet.forge.recordRun({ repository, branch, sha: after, conclusion: "failure", log, actor: login })
  return runIdFor(fleet, repository, after, patience)
}
