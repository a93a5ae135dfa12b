import { readFile } from "node:fs/promises"
import { Effect } from "effect"

/**
 * Which processors a sandbox may run on. A quota alone is invisible inside: on a machine with 64 processors a test runner starts 64 workers
 * and lets them share two. With an affinity it sees two. Consecutive sandboxes take different processors.
 */
export const chooseCpus = (wanted: number, available: ReadonlyArray<number>, turn: number): ReadonlyArray<number> | undefined => {
  const count = Math.max(1, Math.ceil(wanted))
  if (count >= available.length) return undefined
  const first = (turn * count) % available.length
  return Array.from({ length: count }, (_, index) => available[(first + index) % available.length] ?? 0).sort((a, b) => a - b)
}

/** The kernel's list of processors, as in `0-3,8`. */
export const cpusIn = (list: string): ReadonlyArray<number> =>
  list
    .trim()
    .split(",")
    .filter((range) => range !== "")
    .flatMap((range) => {
      const [first = Number.NaN, last = first] = range.split("-").map(Number)
      return Number.isInteger(first) && Number.isInteger(last) ? Array.from({ length: last - first + 1 }, (_, index) => first + index) : []
    })

/** Processors that this process may use. */
export const ownCpus: Effect.Effect<ReadonlyArray<number>> = Effect.promise(async () => {
  const status = await readFile("/proc/self/status", "utf8")
  return cpusIn(/^Cpus_allowed_list:\s*(.*)$/mu.exec(status)?.[1] ?? "")
})
