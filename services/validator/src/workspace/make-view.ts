/** A writable view over immutable directories: an overlay mount where this process may make one, else a copy. */
import { chown, mkdir, readdir } from "node:fs/promises"
import { join, relative } from "node:path"
import { Effect, Schedule, type Scope } from "effect"
import { runToEnd } from "../process/run-to-end.ts"
import type { SandboxUser } from "../sandbox/Sandbox.ts"
import { removeTree } from "./remove-tree.ts"
import { WorkspaceUnavailable } from "./Workspace.ts"

export interface ViewDirectories {
  readonly root: string
  /** The overlay's upper layer; undefined for a copy. */
  readonly upper?: string
}

export type MakeView = (
  name: string,
  /** Uppermost first. */
  layers: ReadonlyArray<string>,
) => Effect.Effect<ViewDirectories, WorkspaceUnavailable, Scope.Scope>

const io = <A>(run: () => Promise<A>) =>
  Effect.tryPromise({ try: run, catch: (cause) => new WorkspaceUnavailable({ reason: `A view cannot be made: ${String(cause)}` }) })

const succeedOr = (argv: ReadonlyArray<string>, cwd?: string) =>
  Effect.flatMap(runToEnd(cwd === undefined ? argv : ["env", "-C", cwd, ...argv]), ({ code, output }) =>
    code === 0 ? Effect.void : Effect.fail(new WorkspaceUnavailable({ reason: `A view cannot be made: ${output.trim().slice(0, 500)}` })),
  )

const directory = (slot: string, name: string) =>
  Effect.acquireRelease(
    Effect.as(
      io(() => mkdir(join(slot, "views", name), { mode: 0o711 })),
      join(slot, "views", name),
    ),
    removeTree,
  )

/** Programs that a dying sandbox still holds may keep a mount busy for a moment. */
const unmount = (root: string) =>
  succeedOr(["umount", root]).pipe(
    Effect.retry({ times: 10, schedule: Schedule.spaced("50 millis") }),
    Effect.catch(() => Effect.ignore(succeedOr(["umount", "-l", root]))),
  )

/** `volatile` saves a sync of the whole disk at each unmount: nothing in a view outlives it. Paths are relative, as the option text has a limit and no quoting. */
const options = (slot: string, view: string, layers: ReadonlyArray<string>, extra: string): string => {
  const own = relative(slot, view)
  const lower = layers.map((layer) => relative(slot, layer)).join(":")
  return `lowerdir=${lower},upperdir=${own}/upper,workdir=${own}/work,redirect_dir=on,index=off,metacopy=off${extra}`
}

const overlay =
  (slot: string, user: SandboxUser, extra: string): MakeView =>
  (name, layers) =>
    Effect.gen(function* () {
      const view = yield* directory(slot, name)
      const [root, upper, work] = [join(view, "root"), join(view, "upper"), join(view, "work")]
      yield* io(async () => {
        for (const part of [root, upper, work]) await mkdir(part, { mode: 0o755 })
        await chown(upper, user.uid, user.gid)
      })
      const mount = ["mount", "-t", "overlay", "overlay", "-o", options(slot, view, layers, extra), relative(slot, root)]
      yield* Effect.acquireRelease(succeedOr(mount, slot), () => unmount(root))
      return { root, upper }
    })

const copy =
  (slot: string): MakeView =>
  (name, layers) =>
    Effect.gen(function* () {
      const root = join(yield* directory(slot, name), "root")
      yield* io(() => mkdir(root, { mode: 0o755 }))
      for (const layer of layers.toReversed()) yield* succeedOr(["cp", "-a", "--reflink=auto", `${layer}/.`, root])
      return { root }
    })

/** Finds out what works here by making a view of an empty directory. */
export const chooseView = Effect.fn("view.choose")(function* (slot: string, user: SandboxUser, wanted: "auto" | "overlay" | "copy") {
  const empty = join(slot, "tmp", "empty")
  yield* io(() => mkdir(empty, { recursive: true }))
  let probes = 0
  /** Each of another name: the one before may still be there, as removing it is not waited for without end. */
  const works = (make: MakeView) =>
    make(`probe-${probes++}`, [empty]).pipe(
      Effect.flatMap(({ root }) => io(() => readdir(root))),
      Effect.scoped,
      Effect.result,
    )
  if (wanted !== "copy") {
    for (const extra of [",volatile", ""])
      if ((yield* works(overlay(slot, user, extra)))._tag === "Success") return overlay(slot, user, extra)
    const why = yield* works(overlay(slot, user, ""))
    if (wanted === "overlay" && why._tag === "Failure") return yield* why.failure
    yield* Effect.logInfo("views are copies: overlay mounts do not work here")
  }
  return copy(slot)
})
