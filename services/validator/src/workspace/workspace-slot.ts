/**
 * A directory that belongs to this process alone, below the configured one: several validators may share that. The lock is on a file that
 * this process itself holds open: whoever sees that a service is dead finds its slot free, and only leftovers in it, which the next start clears.
 */
import { spawn } from "node:child_process"
import { closeSync, openSync, readdirSync } from "node:fs"
import { mkdir, readdir, rename, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Effect, type Scope } from "effect"
import { runToEnd, systemPath } from "../process/run-to-end.ts"
import { clearAfterGit } from "./clear-after-git.ts"
import { removeTree } from "./remove-tree.ts"
import { gitConfig } from "./run-git.ts"
import { WorkspaceUnavailable } from "./Workspace.ts"

/** What a slot keeps, */
export const kinds = ["mirrors", "trees", "layers"] as const
/** and what never outlives a process. */
const volatile = ["views", "tmp"] as const
export type Kind = (typeof kinds)[number]
const mostSlots = 64

const unavailable = (path: string) => (cause: unknown) =>
  new WorkspaceUnavailable({ reason: `The workspace directory ${path} cannot be used: ${String(cause)}` })

/** What `flock` ends with when somebody else holds the lock. */
const busy = 1

/** Locks the open file that a program gets from us: the lock belongs to the file, not to the program, which is then over. */
const flock = (descriptor: number) =>
  Effect.callback<number>((resume) => {
    const child = spawn("flock", ["--nonblock", "3"], {
      env: { PATH: systemPath },
      stdio: ["ignore", "ignore", "ignore", descriptor],
    })
    child.once("error", () => resume(Effect.succeed(127)))
    child.once("close", (code) => resume(Effect.succeed(code ?? 137)))
  })

/** The open file that holds the lock; undefined when the lock is somebody else's. No other program inherits it. */
const hold = Effect.fnUntraced(function* (file: string) {
  const descriptor = yield* Effect.try({ try: () => openSync(file, "a", 0o600), catch: unavailable(file) })
  const code = yield* flock(descriptor)
  if (code === 0) return descriptor
  closeSync(descriptor)
  return code === busy ? undefined : yield* Effect.fail(unavailable(file)(`it cannot be locked: flock ended with ${code}`))
})

/** True when the lock is ours; it is given back with the scope, or by the kernel when this process dies. */
const lock = (file: string): Effect.Effect<boolean, WorkspaceUnavailable, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(hold(file), (held) => Effect.sync(() => (held === undefined ? undefined : closeSync(held)))),
    (held) => held !== undefined,
  )

/**
 * Views of a process that died: first what is mounted there, then the files. A container that nobody has reaped yet may still write some,
 * so all of it is moved out of the way: names are used again, and nobody has to wait until it is removed. Then what its gits left.
 */
const moveAside = Effect.fn("workspace.move-aside")(function* (slot: string) {
  const views = join(slot, "views")
  const mounted = yield* Effect.promise(() => readdir(views).catch((): Array<string> => []))
  for (const view of mounted) yield* runToEnd(["umount", "-l", join(views, view, "root")])
  const left = join(slot, "left", crypto.randomUUID())
  yield* Effect.promise(() => mkdir(left, { recursive: true, mode: 0o711 }).catch(() => undefined))
  for (const kind of volatile) yield* Effect.promise(() => rename(join(slot, kind), join(left, kind)).catch(() => undefined))
  yield* clearAfterGit(join(slot, "mirrors"))
})

/** One by one, as they are named now: removing goes on when the slot is somebody else's again, who then moves more there. */
const removeLeft = Effect.fnUntraced(function* (slot: string) {
  const left = join(slot, "left")
  const names = yield* Effect.orElseSucceed(
    Effect.try(() => readdirSync(left)),
    () => [],
  )
  yield* Effect.forEach(names, (name) => removeTree(join(left, name)), { concurrency: "unbounded", discard: true })
})

const clearSlot = (slot: string) => Effect.andThen(moveAside(slot), removeLeft(slot))

/** By then whoever was started together with us has taken a slot: looking at one holds it for a moment. */
const othersAfter = "30 seconds"

/** Takes the first free slot of the directory. Its leftovers are removed meanwhile; later on those in all other free ones, too. */
export const takeSlot = Effect.fn("workspace.take-slot")(function* (directory: string) {
  const io = <A>(run: () => Promise<A>) => Effect.tryPromise({ try: run, catch: unavailable(directory) })
  yield* io(() => mkdir(directory, { recursive: true, mode: 0o711 }))
  for (let number = 0; number < mostSlots; number += 1) {
    const slot = join(directory, String(number))
    if (!(yield* lock(`${slot}.lock`))) continue
    yield* moveAside(slot)
    for (const kind of [...kinds, ...volatile]) yield* io(() => mkdir(join(slot, kind), { recursive: true, mode: 0o711 }))
    yield* io(() => writeFile(join(slot, "gitconfig"), gitConfig))
    yield* Effect.forkScoped(removeLeft(slot), { startImmediately: true })
    yield* Effect.forkScoped(Effect.delay(clearOthers(directory, number), othersAfter))
    return slot
  }
  return yield* new WorkspaceUnavailable({ reason: `${mostSlots} services work in ${directory} already.` })
})

const clearOthers = Effect.fnUntraced(
  function* (directory: string, own: number) {
    const names = yield* Effect.promise(() => readdir(directory))
    for (const name of names.filter((name) => /^\d+$/u.test(name) && Number(name) !== own)) {
      const slot = join(directory, name)
      yield* Effect.scoped(Effect.flatMap(lock(`${slot}.lock`), (free) => (free ? clearSlot(slot) : Effect.void)))
    }
  },
  Effect.catchCause((cause) => Effect.logWarning("the leftovers of other services were not cleared", cause)),
)
