/**
 * Child processes that tests own: started, known to be ready by a line they print, ended by their own id.
 * A child also dies with the process (or worker thread) that started it, even one killed with -9: `setpriv --pdeathsig`.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { Schema } from "effect"
import type { Account } from "./process-account.ts"

/** A program that the tests need is not on this machine. `run` is the line that puts it there. */
export class ToolMissing extends Schema.TaggedError<ToolMissing>()("ToolMissing", { tool: Schema.String, run: Schema.String }) {
  override get message() {
    return `${this.tool} is not on this machine. Run: ${this.run}`
  }
}

/** A program ended before it was ready, or was not ready in time. `output` is the end of what it printed. */
export class ProcessFailed extends Schema.TaggedError<ProcessFailed>()("ProcessFailed", {
  command: Schema.String,
  why: Schema.String,
  output: Schema.String,
}) {
  override get message() {
    return `${this.command}: ${this.why}\n${this.output}`
  }
}

export interface Start {
  readonly command: string
  readonly args: ReadonlyArray<string>
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** The unprivileged user to become; only root can, anyone else stays who they are. */
  readonly user?: Account
  /** Printed when it is ready; without one it counts as ready at once. */
  readonly ready?: RegExp
  /** ms, default 30,000. */
  readonly readyWithin?: number
}

export interface Running {
  readonly pid: number
  /** The last 64 KiB of stdout and stderr together. */
  readonly output: () => string
  /** Resolves with the exit code, or null after a signal. */
  readonly exited: Promise<number | null>
  readonly signal: (signal: NodeJS.Signals) => void
  /** Sends `signal` (default SIGTERM), after `grace` ms (default 5,000) SIGKILL; resolves when it is gone. */
  readonly stop: (signal?: NodeJS.Signals, grace?: number) => Promise<void>
}

const kept = 64 * 1024

/** `setpriv` arguments: die with the parent, and shed root when a user is named. */
const wrapped = ({ command, args, user }: Start): [string, Array<string>] => {
  const shed = user !== undefined && process.getuid?.() === 0 ? [`--reuid=${user.uid}`, `--regid=${user.gid}`, "--clear-groups"] : []
  return ["setpriv", [...shed, "--pdeathsig=KILL", command, ...args]]
}

const outputOf = (child: ChildProcess) => {
  let text = ""
  const add = (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-kept)
  }
  child.stdout?.on("data", add)
  child.stderr?.on("data", add)
  return () => text
}

/** Starts a program and resolves when it is ready; rejects with ProcessFailed otherwise, leaving nothing behind. */
export const startProcess = async (start: Start): Promise<Running> => {
  const [command, args] = wrapped(start)
  const child = spawn(command, args, {
    ...(start.cwd === undefined ? {} : { cwd: start.cwd }),
    env: { ...Bun.env, ...start.env },
    stdio: ["ignore", "pipe", "pipe"],
  })
  const output = outputOf(child)
  const exited = new Promise<number | null>((resolve) => {
    child.once("close", (code) => resolve(code))
    child.once("error", () => resolve(127))
  })
  const signal = (name: NodeJS.Signals) => void child.kill(name)
  const stop = async (name: NodeJS.Signals = "SIGTERM", grace = 5_000) => {
    signal(name)
    const timer = setTimeout(() => signal("SIGKILL"), grace)
    await exited
    clearTimeout(timer)
  }
  await untilReady(start, child, output, exited).catch(async (error: unknown) => {
    await stop("SIGKILL")
    throw error
  })
  return { pid: child.pid ?? -1, output, exited, signal, stop }
}

const untilReady = (
  { command, ready, readyWithin = 30_000 }: Start,
  child: ChildProcess,
  output: () => string,
  exited: Promise<number | null>,
) =>
  new Promise<void>((resolve, reject) => {
    const failed = (why: string) => reject(new ProcessFailed({ command, why, output: output().slice(-4_000) }))
    if (ready === undefined) return child.once("spawn", () => resolve()).once("error", (error) => failed(error.message))
    const timer = setTimeout(() => failed(`not ready after ${readyWithin} ms`), readyWithin)
    const look = () => {
      if (!ready.test(output())) return
      clearTimeout(timer)
      resolve()
    }
    child.stdout?.on("data", look)
    child.stderr?.on("data", look)
    void exited.then((code) => {
      clearTimeout(timer)
      failed(`ended with ${code} before it was ready`)
    })
    return undefined
  })
