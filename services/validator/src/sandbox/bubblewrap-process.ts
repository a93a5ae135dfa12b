/** One bubblewrap process: started, read, and surely dead at the end of its scope. */
import { spawn } from "node:child_process"
import { Deferred, Effect, Option, Schedule, Schema, type Scope } from "effect"
import { systemPath } from "../process/run-to-end.ts"
import { isRunning } from "./bubblewrap-processes.ts"
import { SandboxUnavailable } from "./Sandbox.ts"

const Status = Schema.fromJsonString(
  Schema.Struct({ "child-pid": Schema.optionalKey(Schema.Int), "exit-code": Schema.optionalKey(Schema.Int) }),
)
const decodeStatus = Schema.decodeUnknownOption(Status)

export interface BubblewrapProcess {
  /** The command's exit code; none when the sandbox ended before the command did. */
  readonly exited: Effect.Effect<Option.Option<number>, SandboxUnavailable>
  /** First process of the sandbox, by its id outside, once there is one. */
  readonly firstPid: () => number | undefined
  /** The start of what was written: the reason, when the sandbox could not be made. */
  readonly complaint: () => string
  readonly kill: Effect.Effect<void>
}

/** It mostly takes a millisecond or two. */
const soonThenSteady = Schedule.min([Schedule.exponential("1 millis"), Schedule.spaced("10 millis")])

/** The kernel lets the first process of a namespace end only when everything else in it is dead, which may be after bubblewrap itself. */
const gone = (firstPid: number | undefined) =>
  Effect.gen(function* () {
    if (firstPid !== undefined && (yield* isRunning(firstPid))) return yield* Effect.fail("still running")
  }).pipe(Effect.retry({ times: 500, schedule: soonThenSteady }), Effect.ignore)

const complaintBytes = 600

export const startBubblewrap = Effect.fn("bubblewrap.start")(function* (
  argv: ReadonlyArray<string>,
  onOutput: (chunk: Uint8Array) => void,
): Effect.fn.Return<BubblewrapProcess, never, Scope.Scope> {
  const ended = Deferred.makeUnsafe<Option.Option<number>, SandboxUnavailable>()
  const [program = "", ...args] = argv
  let status = ""
  let complaint = ""
  const complain = (chunk: Uint8Array) => {
    if (complaint.length < complaintBytes) complaint += Buffer.from(chunk).toString("utf8", 0, complaintBytes)
  }
  const read = <K extends "child-pid" | "exit-code">(key: K): number | undefined =>
    status
      .split("\n")
      .map((line) => Option.getOrUndefined(decodeStatus(line))?.[key])
      .find((value) => value !== undefined)

  const start = Effect.sync(() => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe", "pipe"], env: { PATH: systemPath } })
    child.stdout?.on("data", (chunk: Buffer) => {
      complain(chunk)
      onOutput(chunk)
    })
    child.stderr?.on("data", complain)
    child.stdio[3]?.on("data", (chunk: Buffer) => {
      status += chunk.toString()
    })
    child.once("error", (error) => {
      const remedy = "Install bubblewrap and util-linux (apt-get install bubblewrap util-linux)."
      Deferred.doneUnsafe(
        ended,
        Effect.fail(new SandboxUnavailable({ sandbox: "bubblewrap", reason: `${program}: ${error.message}.`, remedy })),
      )
    })
    child.once("close", () => {
      Deferred.doneUnsafe(ended, Effect.succeed(Option.fromNullishOr(read("exit-code"))))
    })
    return child
  })
  const child = yield* Effect.acquireRelease(start, (child) =>
    Effect.gen(function* () {
      child.kill("SIGKILL")
      yield* Effect.ignore(Deferred.await(ended))
      yield* gone(read("child-pid"))
    }),
  )
  return {
    exited: Deferred.await(ended),
    firstPid: () => read("child-pid"),
    complaint: () => complaint.trim(),
    kill: Effect.sync(() => {
      child.kill("SIGKILL")
    }),
  }
})
