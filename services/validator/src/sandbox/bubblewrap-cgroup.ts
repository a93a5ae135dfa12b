/** Memory, process and processor limits by cgroup, version 1 or 2, where this service may write one. */
import { constants } from "node:fs"
import { access, mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Effect, Schedule, Schema, type Scope } from "effect"
import { isOrphaned } from "./own-temporary.ts"
import type { SandboxLimits } from "./Sandbox.ts"

class CgroupRefused extends Schema.TaggedError<CgroupRefused>()("CgroupRefused", { reason: Schema.String }) {}

/** One directory holds all controllers (version 2), or each has its own (version 1). */
export interface CgroupRoots {
  readonly version: 1 | 2
  readonly memory: string
  readonly pids: string
  readonly cpu: string
}

export interface Cgroup {
  /** A process that writes its id into each of these is in, with all it starts. */
  readonly procs: ReadonlyArray<string>
  readonly ranOutOfMemory: Effect.Effect<boolean, CgroupRefused>
}

const mebibyte = 1024 * 1024
/** The sandbox's own processes: bubblewrap twice, the deadline, and room for the launcher. */
const ownProcesses = 6
const period = 100_000

/** Where controllers are mounted, read from `/proc/self/mountinfo`; undefined when memory and process limits have no cgroup. */
export const cgroupRootsIn = (mountinfo: string): CgroupRoots | undefined => {
  const mounts = mountinfo.split("\n").map((line) => {
    const [before = "", after = ""] = line.split(" - ")
    return { at: before.split(" ")[4] ?? "", type: after.split(" ")[0], options: (after.split(" ")[2] ?? "").split(",") }
  })
  const of = (controller: string) => mounts.find((mount) => mount.type === "cgroup" && mount.options.includes(controller))?.at
  const [memory, pids, cpu] = [of("memory"), of("pids"), of("cpu")]
  if (memory !== undefined && pids !== undefined && cpu !== undefined) return { version: 1, memory, pids, cpu }
  const unified = mounts.find((mount) => mount.type === "cgroup2")?.at
  return unified === undefined || memory !== undefined ? undefined : { version: 2, memory: unified, pids: unified, cpu: unified }
}

/** The files that set the limits, in the order in which they must be written. */
export const limitFiles = (
  roots: CgroupRoots,
  limits: SandboxLimits,
): ReadonlyArray<readonly [directory: string, file: string, value: string]> => {
  const bytes = String(Math.round(limits.memoryMb * mebibyte))
  const processes = String(limits.processes + ownProcesses)
  const quota = String(Math.max(1000, Math.round(limits.cpus * period)))
  return roots.version === 1
    ? [
        [roots.memory, "memory.limit_in_bytes", bytes],
        [roots.pids, "pids.max", processes],
        [roots.cpu, "cpu.cfs_period_us", String(period)],
        [roots.cpu, "cpu.cfs_quota_us", quota],
      ]
    : [
        [roots.memory, "memory.max", bytes],
        [roots.memory, "memory.swap.max", "0"],
        [roots.pids, "pids.max", processes],
        [roots.cpu, "cpu.max", `${quota} ${period}`],
      ]
}

const io = <A>(run: () => Promise<A>) => Effect.tryPromise({ try: run, catch: (cause) => new CgroupRefused({ reason: String(cause) }) })

/** Kernels without swap accounting lack these; there is then no swap to limit. */
const mayBeMissing = (file: string): boolean => file === "memory.swap.max"

const directories = (roots: CgroupRoots): ReadonlyArray<string> => [...new Set([roots.memory, roots.pids, roots.cpu])]

/** Whatever is still in it is killed; a cgroup can be removed only when the kernel has let go of its last process. */
const remove = (directory: string) =>
  io(async () => {
    const pids = (await readFile(join(directory, "cgroup.procs"), "utf8")).split("\n").filter((pid) => pid !== "")
    for (const pid of pids) process.kill(Number(pid), "SIGKILL")
    await rmdir(directory)
  }).pipe(Effect.retry({ times: 100, schedule: Schedule.spaced("20 millis") }), Effect.ignore)

/** Makes a cgroup called `name` with the limits; it goes away, with everything in it, when its scope closes. */
export const makeCgroup = Effect.fn("cgroup.make")(function* (
  roots: CgroupRoots,
  name: string,
  limits: SandboxLimits,
): Effect.fn.Return<Cgroup, CgroupRefused, Scope.Scope> {
  for (const root of directories(roots))
    yield* Effect.acquireRelease(
      io(() => mkdir(join(root, name))),
      () => remove(join(root, name)),
    )
  for (const [root, file, value] of limitFiles(roots, limits)) {
    const write = io(() => writeFile(join(root, name, file), value))
    yield* mayBeMissing(file) ? Effect.ignore(write) : write
  }
  const events = join(roots.memory, name, roots.version === 1 ? "memory.oom_control" : "memory.events")
  return {
    procs: directories(roots).map((root) => join(root, name, "cgroup.procs")),
    ranOutOfMemory: Effect.map(
      io(() => readFile(events, "utf8")),
      (text) => /^oom_kill [1-9]/m.test(text),
    ),
  }
})

/** Followed by the id of the service's process and a number. */
export const cgroupPrefix = "ci-fix-pilot-"
const ownName = new RegExp(`^${cgroupPrefix}(\\d+)-`, "u")

/** Removes the empty cgroups of processes that were killed. */
const clearCgroups = (roots: CgroupRoots) =>
  Effect.forEach(directories(roots), (root) =>
    Effect.ignore(
      io(async () => {
        for (const name of await readdir(root)) if (isOrphaned(name, ownName)) await rmdir(join(root, name)).catch(() => undefined)
      }),
    ),
  )

/** The machine's cgroups when they can be used by this process: proven by making one. */
export const usableCgroups = Effect.gen(function* () {
  const roots = cgroupRootsIn(yield* io(() => readFile("/proc/self/mountinfo", "utf8")))
  if (roots === undefined) return yield* new CgroupRefused({ reason: "No memory and pids controllers are mounted." })
  yield* io(() => access(join(roots.memory, "cgroup.procs"), constants.W_OK))
  if (roots.version === 2) yield* Effect.ignore(io(() => writeFile(join(roots.memory, "cgroup.subtree_control"), "+memory +pids +cpu")))
  yield* clearCgroups(roots)
  return roots
})
