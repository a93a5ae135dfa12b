/** What `/proc` says about sandboxes: their memory (where no cgroup counts it) and which of them run under a marker. */
import { readdir, readFile, readlink } from "node:fs/promises"
import { Effect } from "effect"
import { markerName } from "./bubblewrap-arguments.ts"

const pids = async (): Promise<ReadonlyArray<number>> => (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number)

const orElse = <A>(promise: Promise<A>, otherwise: A): Promise<A> => promise.catch(() => otherwise)

const kilobytes = (text: string, name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "mu").exec(text)?.[1] ?? 0)

/** Anonymous and shared memory; the second counts once for everybody who maps it, which is too much, but cheap to read. */
const atMostKb = async (pid: number): Promise<number> => {
  const status = await orElse(readFile(`/proc/${pid}/status`, "utf8"), "")
  return kilobytes(status, "RssAnon") + kilobytes(status, "RssShmem")
}

/** What is shared is counted in parts; the kernel walks the whole address space for it. */
const exactlyKb = async (pid: number): Promise<number> => kilobytes(await orElse(readFile(`/proc/${pid}/smaps_rollup`, "utf8"), ""), "Pss")

const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((total, number) => total + number, 0)

/** Whether the processes in the pid namespace of `child` (an id outside) have more memory than this together, in MiB. */
export const hasMoreMemory = (child: number, limitMb: number): Effect.Effect<boolean> =>
  Effect.promise(async () => {
    const namespace = await orElse(readlink(`/proc/${child}/ns/pid`), "")
    if (namespace === "") return false
    const isInside = async (pid: number) => (await orElse(readlink(`/proc/${pid}/ns/pid`), "")) === namespace
    const all = await Promise.all((await pids()).map(async (pid) => ((await isInside(pid)) ? [pid] : [])))
    const inside = all.flat()
    const limitKb = limitMb * 1024
    if (sum(await Promise.all(inside.map(atMostKb))) <= limitKb) return false
    return sum(await Promise.all(inside.map(exactlyKb))) > limitKb
  })

/** Part of this machine's memory that is still to be had, from 0 to 1. */
export const memoryLeft: Effect.Effect<number> = Effect.promise(async () => {
  const text = await readFile("/proc/meminfo", "utf8")
  return kilobytes(text, "MemAvailable") / Math.max(1, kilobytes(text, "MemTotal"))
})

/** Whether a process exists and has not ended; one that waits to be collected has. */
export const isRunning = (pid: number): Effect.Effect<boolean> =>
  Effect.promise(async () => /^State:\s+[^ZX]/mu.test(await orElse(readFile(`/proc/${pid}/status`, "utf8"), "")))

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
