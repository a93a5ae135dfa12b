/** A Docker daemon that hangs: it takes every question, and answers only those that the test names. */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Queue } from "effect"

const directory = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "ci-fix-pilot-daemon-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true })),
)

/** `answers` by method and path. `asked` gives the questions as they come. */
export const hangingDaemon = (answers: Readonly<Record<string, () => Response | Promise<Response>>> = {}) =>
  Effect.gen(function* () {
    const socket = join(yield* directory, "docker.sock")
    const asked = yield* Queue.unbounded<string>()
    const fetch = (request: Request): Response | Promise<Response> => {
      const question = `${request.method} ${new URL(request.url).pathname}`
      Queue.offerUnsafe(asked, question)
      return answers[question]?.() ?? new Promise(() => {})
    }
    yield* Effect.acquireRelease(
      Effect.sync(() => Bun.serve({ unix: socket, fetch })),
      (server) => Effect.promise(() => server.stop(true)),
    )
    return { host: `unix://${socket}`, asked: Queue.take(asked) }
  })
