import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { findNatsServer } from "@ci-fix-pilot/machine/nats-server-binary"
import { startProcess, ToolMissing } from "@ci-fix-pilot/machine/process"
import { Effect, Schedule } from "effect"
import { endOrphan } from "./data-folder.ts"
import { mustBeFree } from "./free-ports.ts"

/** Where its store lies. */
export const natsStoreIn = (folder: string): string => join(folder, "nats")

/** A nats-server on loopback as a child of this process, its store in the data folder. Dies with this process, also with a killed one. */
const start = async (folder: string, port: number) => {
  const binary = findNatsServer()
  if (binary === undefined) throw new ToolMissing({ tool: "nats-server 2.10 or newer", run: "npm start" })
  const store = natsStoreIn(folder)
  const pidFile = join(folder, "nats.pid")
  mkdirSync(store, { recursive: true })
  await endOrphan(pidFile, store)
  await Effect.runPromise(mustBeFree([{ variable: "CI_HEALING_NATS_PORT", host: "127.0.0.1", port }]))
  const running = await startProcess({
    // In a session of its own: Ctrl-C in the terminal is for this process, which stops its broker last.
    command: "setsid",
    args: [binary.path, "-js", "-a", "127.0.0.1", "-p", `${port}`, "-sd", store],
    ready: /Server is ready/u,
  })
  writeFileSync(pidFile, `${running.pid}\n`)
  return running
}

/** Keeps one running: when it dies it is started again on the same port and store, and that is said. */
export const natsChild = (folder: string, port: number) =>
  Effect.gen(function* () {
    const once = Effect.acquireRelease(Effect.tryPromise({ try: () => start(folder, port), catch: (error) => error as Error }), (running) =>
      Effect.promise(() => running.stop()),
    )
    const first = yield* once
    const supervise = Effect.promise(() => first.exited).pipe(
      Effect.andThen(
        Effect.forever(
          Effect.gen(function* () {
            yield* Effect.logError("nats-server died; starting it again")
            const next = yield* once.pipe(Effect.retry(Schedule.spaced("1 second")))
            yield* Effect.promise(() => next.exited)
          }),
        ),
      ),
    )
    yield* Effect.forkScoped(supervise)
    return `nats://127.0.0.1:${port}`
  })
