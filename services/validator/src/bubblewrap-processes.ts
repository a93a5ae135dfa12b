/** What `/proc` says about sandboxes: their memory (where no cgroup counts it) and which of them run under a marker. */
import { readdir, readFile, readlink } from "node:fs/promises"
import { Effect } from "effect"
import { markerName } from "./bubblewrap-arguments.ts"

const pids = async (): Promise<ReadonlyArray<number>> => (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number)

const orElse = <A>(promise: Promise<A>, otherwise: A): Promise<A> => promise.catch(() => otherwise)

const pageKb = 4

const residentMb = async (pid: number): Promise<number> => {
  const [, resident = "0", shared = "0"] = (await orElse(readFile(`/proc/${pid}/statm`, "utf8"), "")).split(" ")
  return ((Number(resident) - Number(shared)) * pageKb) / 1024
}

/** Private memory, in MiB, of all processes in the pid namespace of `child` (an id outside). Zero once they are gone. */
export const memoryOf = (child: number): Effect.Effect<number> =>
  Effect.promise(async () => {
    const namespace = await orElse(readlink(`/proc/${child}/ns/pid`), "")
    if (namespace === "") return 0
    const inside = await Promise.all(
      (await pids()).map(async (pid) => ((await orElse(readlink(`/proc/${pid}/ns/pid`), "")) === namespace ? residentMb(pid) : 0)),
    )
    return inside.reduce((sum, resident) => sum + resident, 0)
  })

/** The marker in a process's arguments, when it is bubblewrap itself that carries it. */
export const markerIn = (commandLine: string): string | undefined => {
  const args = commandLine.split("\0")
  if (args[1] !== "--json-status-fd") return undefined
  const end = args.indexOf("--")
  const at = args.indexOf(markerName)
  return at > 0 && at < end && args[at - 1] === "--setenv" ? args[at + 1] : undefined
}

/** Sandboxes that run now: process id and marker. */
export const markedProcesses: Effect.Effect<ReadonlyArray<{ readonly pid: number; readonly marker: string }>> = Effect.promise(async () => {
  const found = await Promise.all(
    (await pids()).map(async (pid) => ({ pid, marker: markerIn(await orElse(readFile(`/proc/${pid}/cmdline`, "utf8"), "")) })),
  )
  return found.flatMap(({ pid, marker }) => (marker === undefined ? [] : [{ pid, marker }]))
})
