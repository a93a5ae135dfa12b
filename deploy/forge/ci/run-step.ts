import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { exitError, runHeader, stamp } from "./log-format.ts"

/** A script and the world it runs in. */
export interface StepToRun {
  readonly script: string
  readonly directory: string
  /** A folder outside the checkout for the script's file. */
  readonly scratch: string
  readonly shell: string
  /** What the step's environment is, and the part of it that the workflow set (which is logged). */
  readonly env: Readonly<Record<string, string>>
  readonly logged: Readonly<Record<string, string>>
  readonly timeoutSeconds: number
  readonly now: () => Date
}

/** The script's exit code, and the step's log with timestamps. */
export interface StepResult {
  readonly code: number
  readonly log: string
}

const shells: Readonly<Record<string, readonly [ReadonlyArray<string>, string]>> = {
  bash: [["bash", "--noprofile", "--norc", "-e", "-o", "pipefail"], "/usr/bin/bash --noprofile --norc -e -o pipefail {0}"],
  sh: [["sh", "-e"], "/usr/bin/sh -e {0}"],
  "": [["bash", "-e"], "/usr/bin/bash -e {0}"],
}

/** Really runs a step's script, on this machine, and gives its log as a runner writes it. Ends every process it started. */
export const runStep = async (step: StepToRun): Promise<StepResult> => {
  const shell = shells[step.shell] ?? shells[""]
  const [command, shown] = shell ?? [["bash", "-e"], "bash -e {0}"]
  const file = join(step.scratch, "step.sh")
  writeFileSync(file, `exec 2>&1\n${step.script}\n`)
  const lines: Array<string> = []
  const say = (text: string) => {
    for (const line of text.split("\n")) lines.push(`${stamp(step.now())} ${line}\n`)
  }
  say(runHeader(step.script, shown, step.logged))
  const child = Bun.spawn(["timeout", "--kill-after=2", String(step.timeoutSeconds), ...command, file], {
    cwd: step.directory,
    env: { ...step.env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
  })
  let rest = ""
  const decoder = new TextDecoder()
  for await (const chunk of child.stdout) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n")
    rest = parts.pop() ?? ""
    for (const line of parts) say(line)
  }
  if (rest !== "") say(rest)
  const code = await child.exited
  if (code === 124 || code === 137) say(`##[error]The action has timed out after ${step.timeoutSeconds} seconds.`)
  if (code !== 0) say(exitError(code))
  return { code, log: lines.join("") }
}
