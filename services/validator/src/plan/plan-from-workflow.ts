/** The `run:` steps of the jobs that failed, as commands. What cannot be known or done in a sandbox is left out, and the plan says so. */
import type { FailedJob, PlanCommand } from "@ci-fix-pilot/contract/values"
import { viewInside } from "../sandbox/Sandbox.ts"
import { type ChosenJob, chooseJobs, matrixScope } from "./choose-jobs.ts"
import { evaluateCondition, interpolate, type Scope, unknown, type Value } from "./expression.ts"
import { commandNamed, directoryInside, distinct, firstLine, longestRun, type Planned } from "./plan.ts"
import { readShell } from "./read-shell.ts"
import { type ReadWorkflow, readWorkflow, type Step } from "./read-workflow.ts"
import { splitInstall } from "./split-install.ts"

/** Actions whose work is done here by other means, or is of no use here. */
const silent =
  /^(?:actions\/(?:checkout|cache|upload-artifact|download-artifact|setup-[\w-]+)|[\w.-]+\/setup-[\w-]+|pnpm\/action-setup|codecov\/|coverallsapp\/|dtolnay\/rust-toolchain|actions-rs\/toolchain|swatinem\/rust-cache|step-security\/)/iu

interface Taken {
  readonly commands: ReadonlyArray<PlanCommand>
  readonly installs: ReadonlyArray<PlanCommand>
  readonly notes: ReadonlyArray<string>
}
const left = (why: string): Taken => ({ commands: [], installs: [], notes: [why] })
const nothing: Taken = { commands: [], installs: [], notes: [] }

const runner: ReadonlyArray<readonly [string, Value]> = [
  ["runner.os", "Linux"],
  ["runner.arch", "X64"],
  ["runner.temp", "/tmp"],
  ["github.workspace", viewInside],
  ["github.event_name", "push"],
  ["job.status", "success"],
]

/** Environment by layers, later ones first; what has no known value (secrets above all) is empty, and said. */
const environment = (layers: ReadonlyArray<Step["env"]>, scope: Scope) => {
  const env: Record<string, string> = {}
  const notes: Array<string> = []
  for (const layer of layers) {
    if (typeof layer !== "object") continue
    for (const [name, value] of Object.entries(layer)) {
      const { text, unknown } = interpolate(String(value), scope)
      if (unknown.length > 0) notes.push(`${name} is empty: \`${unknown[0]}\` is not known here.`)
      env[name] = text.slice(0, 2_000)
    }
  }
  return { env, notes }
}

const displayName = (step: Step, scope: Scope): string => {
  if (step.name !== undefined) return interpolate(String(step.name), scope).text
  return `Run ${firstLine(interpolate(String(step.run ?? step.uses ?? ""), scope).text)}`
}

const takeStep = (workflow: ReadWorkflow, { job, combination }: ChosenJob, step: Step, name: string): Taken => {
  const matrix = matrixScope(combination)
  const { env, notes } = environment([workflow.env, job.env, step.env], new Map([...runner, ...matrix]))
  const scope: Scope = new Map<string, Value>([
    ...runner,
    ...matrix,
    ...Object.entries(env).map(([key, value]) => [`env.${key.toLowerCase()}`, value] as const),
  ])
  const condition = step.if === undefined ? true : evaluateCondition(String(step.if), scope)
  if (condition === false) return nothing
  if (step.run === undefined)
    return step.uses === undefined || silent.test(step.uses) ? nothing : left(`${name}: it uses the action ${step.uses}.`)
  if (condition === unknown) return left(`${name}: its condition \`${String(step.if)}\` cannot be evaluated here.`)
  if (step["continue-on-error"] === true) return left(`${name}: it may fail (continue-on-error).`)
  const shell = readShell(step.shell ?? job.defaults?.run?.shell ?? workflow.defaults?.run?.shell)
  if (shell === undefined) return left(`${name}: its shell \`${step.shell ?? "default"}\` is not supported.`)
  const where =
    step["working-directory"] ?? job.defaults?.run?.["working-directory"] ?? workflow.defaults?.run?.["working-directory"] ?? "."
  const [run, directory] = [interpolate(String(step.run), scope), interpolate(where, scope)]
  const missing = [...run.unknown, ...directory.unknown][0]
  if (missing !== undefined) return left(`${name}: \`${missing}\` is not known here.`)
  const cwd = directoryInside(directory.text)
  if (cwd === undefined) return left(`${name}: its working directory is outside of the repository.`)

  const { installs, outside, rest: bare } = splitInstall(run.text)
  const rest = bare === "" ? "" : shell.optionsFor(bare) + bare
  if (rest.length > longestRun) return left(`${name}: it is longer than ${longestRun} characters.`)
  const command = (text: string): PlanCommand => ({
    ...commandNamed(name, { run: text, cwd, source: "workflow" }),
    ...(Object.keys(env).length === 0 ? {} : { env }),
    ...(shell.program === "bash" ? {} : { shell: shell.program }),
  })
  return {
    commands: rest === "" ? [] : [command(rest)],
    installs: installs.map(command),
    notes: [
      ...(rest === "" ? [] : notes.map((note) => `${name}: ${note}`)),
      ...outside.map((text) => `${name}: left out \`${firstLine(text)}\`, which needs the network or the history.`),
    ],
  }
}

/** Labels such as `ubuntu-latest`, with the matrix filled in. */
const otherSystem = ({ job, combination }: ChosenJob): string | undefined => {
  const { text } = interpolate(JSON.stringify(job["runs-on"] ?? ""), matrixScope(combination))
  return /windows|macos/iu.exec(text)?.[0].toLowerCase()
}

const takeJob = (workflow: ReadWorkflow, chosen: ChosenJob): Taken | { readonly impossible: string } => {
  const { id, job, failedSteps } = chosen
  if (job.uses !== undefined) return { impossible: `The job ${id} is a reusable workflow (${job.uses}).` }
  const system = otherSystem(chosen)
  if (system !== undefined) return { impossible: `The job ${id} runs on ${system}; the sandbox is Linux.` }
  const services = typeof job.services === "object" && job.services !== null ? Object.keys(job.services) : []
  if (services.length > 0) return { impossible: `The job ${id} needs services beside it: ${services.join(", ")}.` }

  const steps = (job.steps ?? []).map((step) => {
    const name = displayName(step, matrixScope(chosen.combination))
    return { name, taken: takeStep(workflow, chosen, step, name) }
  })
  const failed = steps.filter(({ name }) => failedSteps.some((shown) => shown.toLowerCase() === name.toLowerCase()))
  if (failed.length > 0 && failed.every(({ taken }) => taken.commands.length === 0)) {
    const why = failed.flatMap(({ taken }) => taken.notes)[0]
    return {
      impossible:
        why === undefined
          ? `The failed step ${failed[0]?.name ?? ""} is the installation itself.`
          : `The failed step cannot run here. ${why}`,
    }
  }
  const taken = steps.map((step) => step.taken)
  return {
    commands: taken.flatMap((one) => one.commands),
    installs: taken.flatMap((one) => one.installs),
    notes: taken.flatMap((one) => one.notes),
  }
}

/** Undefined when the text is no workflow, or none of its jobs is the failed one: then there may be another way to a plan. */
export const planFromWorkflow = (text: string, failedJobs: ReadonlyArray<FailedJob>): Planned | undefined => {
  const workflow = readWorkflow(text)
  if (workflow === undefined) return undefined
  const jobs = chooseJobs(workflow, failedJobs).map((chosen) => takeJob(workflow, chosen))
  const impossible = jobs.flatMap((job) => ("impossible" in job ? [job.impossible] : []))
  const taken = jobs.flatMap((job) => ("impossible" in job ? [] : [job]))
  const commands = distinct(taken.flatMap((job) => job.commands))
  const notes = [...new Set([...impossible, ...taken.flatMap((job) => job.notes)])]
  if (commands.length > 0) return { plan: { commands, installs: distinct(taken.flatMap((job) => job.installs)), notes } }
  return impossible[0] === undefined ? undefined : { unsupported: impossible[0], notes }
}
