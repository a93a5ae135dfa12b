/** Runs one of this machine's own programs (never a stranger's) to its end, with an empty input and no environment but PATH. */
import { Effect } from "effect"
import { killGroup, spawnGroupWithoutInput } from "./spawn-group.ts"

/** Where system tools are, whatever PATH the service was started with. */
export const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/** How long a program of this machine's may take: to copy a large tree on a slow disk, or to fetch a large repository. */
export const longestRun = "10 minutes"
/** Its exit code when it took longer, as timeout(1) has it. */
export const tookTooLong = 124

/**
 * Exit code (127 when the program cannot be started, 124 when it took longer than ten minutes) and at most 64 KiB of what it wrote to
 * both streams. Interrupting kills it, and what it started.
 */
export const runToEnd = (argv: ReadonlyArray<string>, env: Readonly<Record<string, string>> = { PATH: systemPath }) =>
  Effect.callback<{ readonly code: number; readonly output: string }>((resume) => {
    const [program = "", ...args] = argv
    const child = spawnGroupWithoutInput(program, args, { env })
    let output = ""
    const keep = (chunk: Buffer) => {
      if (output.length < 64 * 1024) output += chunk.toString()
    }
    child.stdout.on("data", keep)
    child.stderr.on("data", keep)
    child.once("error", (error) => resume(Effect.succeed({ code: 127, output: error.message })))
    child.once("close", (code) => resume(Effect.succeed({ code: code ?? 137, output })))
    return Effect.sync(() => killGroup(child))
  }).pipe(
    Effect.timeoutOrElse({
      duration: longestRun,
      orElse: () => Effect.succeed({ code: tookTooLong, output: `not done after ${longestRun}\n` }),
    }),
  )
