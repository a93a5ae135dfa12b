/** Programs that run with our terminal in a process group of their own, so that nothing they started outlives them. */
import { spawn } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"

export interface Ended {
  readonly code: number
  /** Programs that it left behind; they have been killed. */
  readonly leftovers: ReadonlyArray<string>
}

export interface GroupOptions {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** ms; then the whole group is killed. */
  readonly atMost: number
}

const groups = new Set<number>()

/** Runs a program to its end. Its leftovers are found by their group, killed and named. */
export const runGroup = (command: string, args: ReadonlyArray<string>, { cwd, env, atMost }: GroupOptions): Promise<Ended> =>
  new Promise((resolve) => {
    // Standard output is for the result alone: what programs print goes to standard error.
    const child = spawn(command, args, { cwd, env: { ...Bun.env, ...env }, stdio: ["ignore", 2, 2], detached: true })
    const group = child.pid ?? 0
    groups.add(group)
    const timer = setTimeout(() => kill(group), atMost)
    const end = (code: number) => {
      clearTimeout(timer)
      groups.delete(group)
      const leftovers = membersOf(group)
      if (leftovers.length > 0) kill(group)
      resolve({ code, leftovers })
    }
    child.once("error", () => end(127))
    child.once("exit", (code) => end(code ?? 137))
  })

/** Kills all groups that are running: the end of an interrupted run. */
export const killGroups = (): void => groups.forEach(kill)

const kill = (group: number): void => {
  try {
    if (group > 0) process.kill(-group, "SIGKILL")
  } catch {
    // Already gone.
  }
}

/** The living members of a process group, by name; a program that could not be started has no group. */
const membersOf = (group: number): Array<string> =>
  readdirSync("/proc")
    .filter((entry) => group > 0 && /^\d+$/.test(entry))
    .flatMap((pid) => {
      const [, name = "", state, , pgrp] = /^\d+ \((.*)\) (\S) (\d+) (\d+)/.exec(statOf(pid)) ?? []
      return Number(pgrp) === group && state !== "Z" ? [`${name} (${pid})`] : []
    })

const statOf = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8")
  } catch {
    return ""
  }
}
