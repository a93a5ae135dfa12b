/** Programs of this machine's in a process group of their own, so that what they started ends with them: git starts gits, and helpers. */
import { type ChildProcessByStdio, type ChildProcessWithoutNullStreams, type SpawnOptions, spawn } from "node:child_process"
import type { Readable } from "node:stream"

type Where = Pick<SpawnOptions, "cwd" | "env">

export const spawnGroup = (program: string, args: ReadonlyArray<string>, where: Where): ChildProcessWithoutNullStreams =>
  spawn(program, args, { ...where, detached: true, stdio: ["pipe", "pipe", "pipe"] })

/** The same with an empty input. */
export const spawnGroupWithoutInput = (
  program: string,
  args: ReadonlyArray<string>,
  where: Where,
): ChildProcessByStdio<null, Readable, Readable> => spawn(program, args, { ...where, detached: true, stdio: ["ignore", "pipe", "pipe"] })

/**
 * Ends a program and all that it started, which may outlive it and hold its output open. Only for one that has not closed yet: until then
 * nobody else has its group's id.
 */
export const killGroup = ({ pid }: Pick<ChildProcessWithoutNullStreams, "pid">): void => {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL")
  } catch {
    // Gone meanwhile.
  }
}
