/**
 * Directories that are costly to make and never change: made once, used by many at the same time, and removed, the longest unused
 * first, when all of them together take too much room. Who uses one keeps it until the scope closes.
 */
import { renameSync } from "node:fs"
import { mkdir, readdir, stat, utimes } from "node:fs/promises"
import { join } from "node:path"
import { Effect, type Scope, Semaphore } from "effect"
import { runToEnd } from "../process/run-to-end.ts"
import { removeTree } from "./remove-tree.ts"
import { WorkspaceUnavailable } from "./Workspace.ts"
import { type Kind, kinds } from "./workspace-slot.ts"

interface Entry {
  readonly path: string
  mb: number
  /** Order of use: larger is later. */
  used: number
  users: number
}

export interface WorkspaceCache {
  /** The directory of an entry, made by `make` (which is given an empty directory) when it is not there; kept until the scope closes. */
  readonly use: <E, R>(
    kind: Kind,
    key: string,
    make: (directory: string) => Effect.Effect<void, E, R>,
  ) => Effect.Effect<string, E | WorkspaceUnavailable, R | Scope.Scope>
  /** Looks again how large an entry is, and makes room. */
  readonly grown: (kind: Kind, key: string) => Effect.Effect<void>
  /** An empty directory that is removed with the scope. */
  readonly temporary: Effect.Effect<string, WorkspaceUnavailable, Scope.Scope>
}

const io = <A>(run: () => Promise<A>) =>
  Effect.tryPromise({ try: run, catch: (cause) => new WorkspaceUnavailable({ reason: `The workspace's disk: ${String(cause)}` }) })

/** MiB of a directory; 0 for one that is gone. */
const sizeMb = (path: string): Effect.Effect<number> =>
  Effect.map(runToEnd(["du", "-sxm", path]), ({ output }) => Number.parseInt(output.split("\n").at(-2) ?? "", 10) || 0)

/**
 * What is there already is of use at once, and measured beside the work: that may take a minute, and a service that was killed must be
 * back in a second. `measure` gives MiB.
 */
export const makeCache = Effect.fn("workspace.cache")(function* (
  slot: string,
  maxMb: number,
  measure: (path: string) => Effect.Effect<number> = sizeMb,
) {
  const entries = new Map<string, Entry>()
  const locks = new Map<string, Semaphore.Semaphore>()
  let clock = 0
  let names = 0

  const known = yield* io(async () => {
    const found = await Promise.all(
      kinds.map(async (kind) => (await readdir(join(slot, kind))).map((key) => ({ name: `${kind}/${key}`, path: join(slot, kind, key) }))),
    )
    return Promise.all(found.flat().map(async (entry) => ({ ...entry, at: (await stat(entry.path)).mtimeMs })))
  })
  for (const { name, path } of known.toSorted((one, other) => one.at - other.at))
    entries.set(name, { path, mb: 0, used: clock++, users: 0 })

  const mbUsed = () => entries.values().reduce((sum, { mb }) => sum + mb, 0)
  const longestUnused = (except: ReadonlySet<string>) =>
    [...entries]
      .filter(([name, { users }]) => users === 0 && !except.has(name))
      .toSorted(([, one], [, other]) => one.used - other.used)
      .at(0)

  /** An entry leaves its place whole and at once: nobody can take it meanwhile, and a kill never leaves a part of it there. */
  const takeOut = (name: string, path: string) =>
    io(async () => {
      const out = join(slot, "tmp", String(names++))
      renameSync(path, out)
      entries.delete(name)
      return out
    })

  const makeRoom = Effect.gen(function* () {
    const stuck = new Set<string>()
    while (mbUsed() > maxMb) {
      const [name, entry] = longestUnused(stuck) ?? []
      if (name === undefined || entry === undefined)
        return yield* Effect.logWarning("the workspace is larger than it should be: the rest is in use", { mb: mbUsed(), maxMb })
      const out = yield* Effect.result(takeOut(name, entry.path))
      if (out._tag === "Failure") {
        stuck.add(name)
        yield* Effect.logWarning("could not be removed from the workspace", { name, why: out.failure.reason })
        continue
      }
      yield* Effect.logInfo("made room in the workspace", { removed: name })
      yield* removeTree(out.success)
    }
  })

  const measureAll = Effect.forEach(
    [...entries.values()],
    (entry) => Effect.map(measure(entry.path), (mb) => Object.assign(entry, { mb })),
    { discard: true },
  )
  yield* Effect.forkScoped(Effect.andThen(measureAll, makeRoom))

  const temporary = Effect.acquireRelease(
    Effect.suspend(() => {
      const path = join(slot, "tmp", String(names++))
      return Effect.as(
        io(() => mkdir(path)),
        path,
      )
    }),
    removeTree,
  )

  const make = <E, R>(kind: Kind, key: string, fill: (directory: string) => Effect.Effect<void, E, R>) =>
    Effect.gen(function* () {
      const path = join(slot, kind, key)
      const draft = join(yield* temporary, "draft")
      yield* io(() => mkdir(draft, { mode: 0o711 }))
      yield* fill(draft)
      const entry: Entry = { path, mb: yield* measure(draft), used: clock++, users: 0 }
      // In its place and known at once: in its place alone it would be in everybody's way for good.
      yield* io(async () => {
        renameSync(draft, path)
        entries.set(`${kind}/${key}`, entry)
      })
      return entry
    }).pipe(Effect.scoped)

  const use: WorkspaceCache["use"] = (kind, key, fill) =>
    Effect.gen(function* () {
      const name = `${kind}/${key}`
      const lock = locks.get(name) ?? Semaphore.makeUnsafe(1)
      locks.set(name, lock)
      const found = entries.get(name)
      const entry =
        found ??
        (yield* lock.withPermits(1)(
          Effect.gen(function* () {
            const made = entries.get(name) ?? (yield* make(kind, key, fill))
            locks.delete(name)
            return made
          }),
        ))
      yield* Effect.acquireRelease(
        Effect.sync(() => {
          entry.users += 1
          entry.used = clock++
        }),
        () =>
          Effect.sync(() => {
            entry.users -= 1
          }),
      )
      // Room was made with this one just before it was taken.
      if (entries.get(name) !== entry) return yield* use(kind, key, fill)
      if (found === undefined) yield* makeRoom
      else yield* Effect.promise(() => utimes(entry.path, new Date(), new Date()).catch(() => {}))
      return entry.path
    })

  const grown: WorkspaceCache["grown"] = (kind, key) =>
    Effect.gen(function* () {
      const entry = entries.get(`${kind}/${key}`)
      if (entry === undefined) return
      entry.mb = yield* measure(entry.path)
      yield* makeRoom
    })

  const cache: WorkspaceCache = { use, grown, temporary }
  return cache
})
