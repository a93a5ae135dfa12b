import { Effect } from "effect"
import { tryCommit } from "../prove/try-commit.ts"
import { makeWorld } from "../validator-fixture.ts"
import type { RepositoryFixture } from "../workspace/repository-fixture.ts"
import { layer as installing } from "./Dependencies.sandbox.ts"
import { Dependencies } from "./Dependencies.ts"

/** Installs for each commit in turn and runs the command there; in one world, so that what is cached is used. */
export const installAndTry = Effect.fn("fixture.install-and-try")(function* (
  repository: RepositoryFixture,
  commits: ReadonlyArray<string>,
  run: string,
  settings: Record<string, string>,
) {
  const world = yield* Effect.acquireRelease(
    Effect.sync(() => makeWorld(repository.mirrorUrl, settings)),
    ({ remove }) => Effect.sync(remove),
  )
  const each = Effect.fnUntraced(function* (commitSha: string) {
    const source = repository.at(commitSha)
    const commands = [{ name: run, run, cwd: ".", source: "detected" as const }]
    const layers = yield* (yield* Dependencies).prepare({ label: "test/install", source, commands })
    const here = { source, label: "test/try", limits: { timeoutMs: 60_000, memoryMb: 1024 }, layers }
    const tried = yield* tryCommit(here, commands)
    return { layers, exitCode: tried.ran[0]?.result.exitCode, log: tried.ran[0]?.log }
  })
  return yield* Effect.forEach(commits, each).pipe(Effect.provide(installing), Effect.provide(world.everything))
})
