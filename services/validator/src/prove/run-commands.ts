/** Runs commands of a plan in a view, one sandbox each, and says what happened to each: result, digest, and the end of its output. */

import { isSameCommand } from "@ci-fix-pilot/contract/same-command"
import type { CommandResult, LogDigest, PlanCommand } from "@ci-fix-pilot/contract/values"
import { makeDigester } from "@ci-fix-pilot/failure/digest"
import { redactText } from "@ci-fix-pilot/failure/redact"
import { Effect } from "effect"
import { Sandbox, type SandboxEnd, type SandboxRequest, succeeded } from "../sandbox/Sandbox.ts"
import type { ValidatorSettings } from "../validator-settings.ts"
import type { View, ViewLayer } from "../workspace/Workspace.ts"

/** What became of one command. */
export interface Ran {
  readonly result: CommandResult
  readonly ended: SandboxEnd
  readonly green: boolean
  readonly digest: LogDigest
  /** Redacted; at most what the sandbox keeps. */
  readonly log: string
}

export type RunLimits = Pick<ValidatorSettings, "timeoutMs" | "memoryMb">

/** Where the files are that GitHub's runner reads between steps: nowhere. */
const runnerFiles = ["GITHUB_ENV", "GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_STATE"]
const runnerEnvironment = Object.fromEntries(runnerFiles.map((name) => [name, "/dev/null"]))

/** Exit codes of commands that the sandbox ended, as the shell would say them: timeout(1), SIGKILL, SIGXFSZ, SIGPIPE. */
const codeOf: Readonly<Record<SandboxEnd, number>> = { exited: 1, deadline: 124, memory: 137, disk: 153, output: 141 }

/** Where commands run, and over what. */
export interface RunIn {
  readonly label: string
  readonly view: View
  readonly layers: ReadonlyArray<ViewLayer>
  readonly limits: RunLimits
}

/** Said at the end of the log of a command that the sandbox ended, for whoever reads it to learn why it failed. */
const lastWords = (ended: SandboxEnd, { timeoutMs, memoryMb }: RunLimits): string => {
  if (ended === "deadline") return `\nError: the command timed out after ${Math.round(timeoutMs / 1000)} seconds: it was still running\n`
  if (ended === "memory") return `\nError: out of memory: the command needed more than ${memoryMb} MiB\n`
  if (ended === "disk") return "\nError: no space left: the command wrote more than the sandbox allows\n"
  return ended === "output" ? "\nError: the command printed more than the sandbox allows\n" : ""
}

/** Who wrote a command for this product alone cannot mean that a failure is swallowed by a pipe: it could never be red. */
const optionsFor = ({ source, shell = "bash" }: PlanCommand): string =>
  shell === "bash" && (source === "config" || source === "override") ? "set -eo pipefail" : "set -e"

const requestFor = ({ label, view, layers, limits }: RunIn, command: PlanCommand): SandboxRequest => ({
  label,
  command: `${optionsFor(command)}\n${command.run}`,
  shell: command.shell ?? "bash",
  root: view.root,
  cwd: command.cwd,
  ...(view.measure === undefined ? {} : { measure: view.measure }),
  // What was installed is where it is, wherever the project's CI has it.
  env: {
    ...(command.source === "workflow" ? runnerEnvironment : {}),
    ...command.env,
    ...Object.assign({}, ...layers.map(({ env }) => env)),
  },
  path: layers.flatMap(({ path }) => path),
  limits,
})

/** Fails with SandboxUnavailable, which says nothing about the command. */
export const runCommand = Effect.fn("validator.run-command")(function* (where: RunIn, command: PlanCommand) {
  const sandbox = yield* Sandbox
  const digester = makeDigester()
  const hash = new Bun.CryptoHasher("sha256")
  const onOutput = (chunk: Uint8Array) => {
    hash.update(chunk)
    digester.push(chunk)
  }
  const outcome = yield* sandbox.run({ ...requestFor(where, command), onOutput })
  const words = lastWords(outcome.ended, where.limits)
  digester.push(new TextEncoder().encode(words))
  const ran: Ran = {
    result: {
      command,
      exitCode: outcome.ended === "exited" ? (outcome.exitCode ?? 1) : codeOf[outcome.ended],
      durationMs: Math.round(outcome.durationMs),
      timedOut: outcome.ended === "deadline",
      outOfMemory: outcome.ended === "memory",
      logSha256: hash.digest("hex"),
      logBytes: outcome.output.bytes,
    },
    ended: outcome.ended,
    green: succeeded(outcome),
    digest: digester.finish().digest,
    log: redactText(`${outcome.output.text}${words}`),
  }
  yield* Effect.annotateCurrentSpan({ command: command.name, ended: ran.ended, exitCode: ran.result.exitCode })
  return ran
})

/** As far as the first that is not green, or all of them however they end. */
export type HowFar = "first-red" | "all"

/** In order. */
export const runCommands = Effect.fnUntraced(function* (where: RunIn, commands: ReadonlyArray<PlanCommand>, howFar: HowFar = "first-red") {
  const ran: Array<Ran> = []
  for (const command of commands) {
    const one = yield* runCommand(where, command)
    ran.push(one)
    if (!one.green && howFar === "first-red") break
  }
  return ran
})

/** The commands up to and with the failing one: those before it may leave something behind that it needs. */
export const upTo = (plan: ReadonlyArray<PlanCommand>, failing: PlanCommand): ReadonlyArray<PlanCommand> => {
  const at = plan.findIndex((command) => isSameCommand(command, failing))
  return at < 0 ? [failing] : plan.slice(0, at + 1)
}

/** The end of a log, for people and models: at most `length` characters, whole lines. */
export const tailOf = (log: string, length: number): string => {
  if (log.length <= length) return log
  const tail = log.slice(-length)
  return tail.slice(tail.indexOf("\n") + 1)
}
