/** What both layers do around a started command: collect its output, hold it to its limits, and say how it ended. */
import { Clock, Deferred, Effect, type Scope } from "effect"
import { makeBoundedOutput } from "./bounded-output.ts"
import {
  defaultLimits,
  type SandboxEnd,
  type SandboxLimits,
  type SandboxRequest,
  type SandboxResult,
  SandboxUnavailable,
} from "./Sandbox.ts"
import { type DiskUnwatched, watchDisk } from "./watch-disk.ts"

/** A command that was started. Closing its scope kills everything it started and waits until all of it is dead. */
export interface Started {
  /** Its exit code, once it ended and all of its output was delivered. */
  readonly exited: Effect.Effect<number, SandboxUnavailable>
  /** Kills the whole sandbox; `exited` follows. */
  readonly kill: Effect.Effect<void>
  /** Whether anything in it was killed for memory; asked after its end. */
  readonly ranOutOfMemory: Effect.Effect<boolean, SandboxUnavailable>
  /** For a layer that measures memory itself: succeeds when there is too much of it. */
  readonly overMemory?: Effect.Effect<void, SandboxUnavailable>
}

export const limitsOf = (request: SandboxRequest): SandboxLimits => ({ ...defaultLimits, ...request.limits })

const nanosPerMilli = 1_000_000n
/** How long the sandbox may take to be dead once it was killed; its output cannot be waited for any longer. */
const afterKill = "5 seconds"

const unwatched = (sandbox: "docker" | "bubblewrap") => (error: DiskUnwatched) =>
  new SandboxUnavailable({ sandbox, reason: error.reason, remedy: "Free space on the disk that holds the workspaces." })

export const supervise = Effect.fn("sandbox.run")(function* (
  sandbox: "docker" | "bubblewrap",
  request: SandboxRequest,
  start: (onOutput: (chunk: Uint8Array) => void) => Effect.Effect<Started, SandboxUnavailable, Scope.Scope>,
) {
  const limits = limitsOf(request)
  const output = makeBoundedOutput(limits.keepOutputBytes)
  const flooded = Deferred.makeUnsafe<SandboxEnd>()
  const onOutput = (chunk: Uint8Array): void => {
    if (output.bytes() > limits.maxOutputBytes) return
    output.push(chunk)
    request.onOutput?.(chunk)
    if (output.bytes() > limits.maxOutputBytes) Deferred.doneUnsafe(flooded, Effect.succeed("output"))
  }

  const disk = yield* watchDisk(request.measure ?? request.root, limits.diskMb).pipe(Effect.mapError(unwatched(sandbox)))
  const started = yield* start(onOutput)
  const startedAt = yield* Clock.currentTimeNanos

  let ended = yield* Effect.raceAllFirst([
    Effect.as(started.exited, "exited" as const),
    Effect.as(Effect.sleep(limits.timeoutMs), "deadline" as const),
    Effect.as(Effect.mapError(disk.exceeded, unwatched(sandbox)), "disk" as const),
    Deferred.await(flooded),
    Effect.as(started.overMemory ?? Effect.never, "memory" as const),
  ])
  const durationMs = Number(((yield* Clock.currentTimeNanos) - startedAt) / nanosPerMilli)

  let exitCode: number | null = null
  if (ended === "exited") exitCode = yield* started.exited
  else {
    yield* started.kill
    yield* started.exited.pipe(Effect.ignore, Effect.timeoutOption(afterKill))
  }
  if (ended === "exited" || ended === "memory") {
    if (yield* started.ranOutOfMemory) ended = "memory"
    else if (yield* Effect.mapError(disk.isExceeded(exitCode !== 0), unwatched(sandbox))) ended = "disk"
  }
  const result: SandboxResult = { ended, exitCode, durationMs, output: output.read() }
  return result
}, Effect.scoped)
