/** What the tests of sandboxes do: make a view, run a command in it, look at this machine from outside. */
import { chown, mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "@effect/vitest"
import { Deferred, Effect, Fiber, Schedule } from "effect"
import { Sandbox, type SandboxRequest } from "./Sandbox.ts"

/** A fresh view, owned as the workspace makes it. */
export const view = Effect.gen(function* () {
  const { user } = yield* Sandbox
  return yield* Effect.acquireRelease(
    Effect.promise(async () => {
      const root = await mkdtemp(join(tmpdir(), "ci-fix-pilot-view-"))
      await chown(root, user.uid, user.gid)
      return root
    }),
    (root) => Effect.promise(() => rm(root, { recursive: true, force: true })),
  )
})

export const run = (command: string, request: Partial<SandboxRequest> = {}) =>
  Effect.gen(function* () {
    const sandbox = yield* Sandbox
    const root = request.root ?? (yield* view)
    return yield* sandbox.run({
      label: "suite",
      command,
      ...request,
      root,
      limits: { timeoutMs: 60_000, memoryMb: 256, processes: 64, diskMb: 32, tmpMb: 16, ...request.limits },
    })
  })

/** Starts a command that says `ready` and stays; succeeds when it said so. */
export const startAndStay = (command: string, request: Partial<SandboxRequest> = {}) =>
  Effect.gen(function* () {
    const ready = yield* Deferred.make<void>()
    const onOutput = (chunk: Uint8Array) => {
      if (new TextDecoder().decode(chunk).includes("ready")) Deferred.doneUnsafe(ready, Effect.void)
    }
    const fiber = yield* Effect.forkChild(run(`${command} echo ready; sleep 60`, { ...request, onOutput }))
    yield* Effect.raceFirst(Deferred.await(ready), Fiber.join(fiber))
    return fiber
  })

/** Whether any process of this machine has `token` among its arguments. */
export const isAlive = (token: string) =>
  Effect.promise(async () => {
    const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name))
    const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")))
    return lines.some((line) => line.split("\0").includes(token))
  })

/** Nothing tried inside may succeed: the command prints `escaped` for each thing that did. */
export const refuses = (attempts: ReadonlyArray<string>, request: Partial<SandboxRequest> = {}) =>
  Effect.gen(function* () {
    const script = attempts.map((attempt, index) => `if ( ${attempt} ) >/dev/null 2>&1; then echo "escaped: ${index}"; fi`).join("\n")
    const { output, ended } = yield* run(`${script}\necho tried`, { shell: "bash", ...request })
    expect(output.text).toBe("tried\n")
    expect(ended).toBe("exited")
  })

/** Succeeds when a process with `token` among its arguments is there; a shell has said that it started it before it is. */
export const untilAlive = (token: string) => settled(token, true)

/** Succeeds when no process with `token` among its arguments is left. */
export const untilDead = (token: string) => settled(token, false)

const settled = (token: string, expected: boolean) =>
  Effect.gen(function* () {
    if ((yield* isAlive(token)) !== expected) return yield* Effect.fail(new Error(`${token} is ${expected ? "not there" : "still there"}`))
  }).pipe(Effect.retry({ times: 400, schedule: Schedule.spaced("50 millis") }))
