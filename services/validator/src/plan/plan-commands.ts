/**
 * Decides what must be green, from what is known before anything runs: the operator's command, the repository's `.ci-fix-pilot.yml`, the
 * failed job's steps in its workflow, or the kind of project it is. The first that says something wins.
 */
import type { FailedJob, PlanCommand } from "@ci-fix-pilot/contract/values"
import { Schema } from "effect"
import { viewInside } from "../sandbox/Sandbox.ts"
import { detectCommands, type Project } from "./detect-commands.ts"
import { commandNamed, directoryInside, distinct, firstLine, longestRun, type Planned } from "./plan.ts"
import { planFromWorkflow } from "./plan-from-workflow.ts"
import { readYaml } from "./read-workflow.ts"

export const configFile = ".ci-fix-pilot.yml"

export interface PlanInput {
  /** `CI_HEALING_CONTAINER_VALIDATE_COMMAND`. */
  readonly override?: string
  /** The text of `.ci-fix-pilot.yml` at the failing commit. */
  readonly config?: string
  readonly workflow?: { readonly path: string; readonly text: string }
  readonly failedJobs: ReadonlyArray<FailedJob>
  readonly project: Project
}

const Env = Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Finite, Schema.Boolean]))
const ConfigCommand = Schema.Union([
  Schema.String,
  Schema.Struct({
    name: Schema.optionalKey(Schema.String),
    run: Schema.String,
    cwd: Schema.optionalKey(Schema.String),
    env: Schema.optionalKey(Env),
  }),
])
type ConfigCommand = typeof ConfigCommand.Type

/** `.ci-fix-pilot.yml`: the commands that must be green, in order. Dependencies come from the project's manifests and lockfiles. */
const ConfigFile = Schema.Struct({
  commands: Schema.NonEmptyArray(ConfigCommand),
  env: Schema.optionalKey(Env),
})
const decodeConfig = Schema.decodeUnknownResult(ConfigFile)

const fromConfig = (text: string): Planned => {
  const wrong = (why: string): Planned => ({ unsupported: `${configFile}: ${why.replace(/\s+/gu, " ").slice(0, 500)}`, notes: [] })
  const decoded = decodeConfig(readYaml(text))
  if (decoded._tag === "Failure") return wrong(decoded.failure.message)
  const { commands, env: common = {} } = decoded.success
  const strings = (env: typeof common) =>
    Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value).slice(0, 2_000)]))
  const toCommand = (given: ConfigCommand): PlanCommand | undefined => {
    const command = typeof given === "string" ? { run: given } : given
    const cwd = directoryInside(command.cwd ?? ".")
    if (cwd === undefined || command.run.trim() === "" || command.run.length > longestRun) return undefined
    const env = strings({ ...common, ...command.env })
    const named = commandNamed(command.name ?? firstLine(command.run), { run: command.run.trim(), cwd, source: "config" })
    return Object.keys(env).length === 0 ? named : { ...named, env }
  }
  const planned = commands.map(toCommand).filter((command) => command !== undefined)
  if (planned.length < commands.length) return wrong("a command is empty, too long, or runs outside of the repository.")
  return { plan: { commands: distinct(planned), installs: [], notes: [] } }
}

/** A plan travels with every command of its run, beside a patch and a log's digest, in messages of at most 256 KB. */
const mostPlanBytes = 64 * 1024

/** The plan, or why there is none. */
export const planCommands = (input: PlanInput): Planned => {
  const planned = choosePlan(input)
  if ("unsupported" in planned) return { unsupported: planned.unsupported, notes: planned.notes.slice(0, mostNotes) }
  const notes = planned.plan.notes.slice(0, mostNotes)
  const commands = importingSources(input.project.paths, planned.plan.commands)
  if (Buffer.byteLength(JSON.stringify(commands)) <= mostPlanBytes) return { plan: { ...planned.plan, commands, notes } }
  return { unsupported: `The commands and their environment are longer than ${mostPlanBytes / 1024} KB.`, notes }
}

const mostNotes = 50

/** A Python project with its packages in `src` is tested installed; here they are imported from where they lie. */
const importingSources = (paths: ReadonlyArray<string>, commands: ReadonlyArray<PlanCommand>): ReadonlyArray<PlanCommand> => {
  const isProject = paths.some((path) => path === "pyproject.toml" || path === "setup.py" || path === "setup.cfg")
  if (!isProject || !paths.some((path) => /^src\/[^/]+(?:\/__init__)?\.py$/u.test(path))) return commands
  return commands.map((command) => ({ ...command, env: { PYTHONPATH: `${viewInside}/src`, ...command.env } }))
}

const choosePlan = (input: PlanInput): Planned => {
  const override = input.override?.trim() ?? ""
  if (override !== "")
    return {
      plan: { commands: [commandNamed(firstLine(override), { run: override, cwd: ".", source: "override" })], installs: [], notes: [] },
    }
  if (input.config !== undefined) return fromConfig(input.config)
  const fromWorkflow = input.workflow === undefined ? undefined : planFromWorkflow(input.workflow.text, input.failedJobs)
  if (fromWorkflow !== undefined) return fromWorkflow
  const notes =
    input.workflow === undefined ? [] : [`${input.workflow.path} says nothing that can run here; the commands are guessed from the files.`]
  const commands = distinct(detectCommands(input.project))
  if (commands.length > 0) return { plan: { commands, installs: [], notes } }
  return { unsupported: `Nothing says how this project is tested. Add ${configFile} with \`commands:\`.`, notes }
}
