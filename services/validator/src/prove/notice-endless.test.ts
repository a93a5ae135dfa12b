import { expect, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { commit, parentSha, type Scripted, scriptedWorld } from "../scripted-fixture.ts"
import { tryNoticingEndless } from "./notice-endless.ts"

const plan = [{ name: "test", run: "test", cwd: ".", source: "detected" as const }]

/** Tries a commit whose command never ends, beside a parent that ends so; gives the time limits of all runs and how long it took. */
const endless = (parent: Scripted) =>
  Effect.gen(function* () {
    const limits: Array<string> = []
    const world = scriptedWorld({}, ({ commitSha, timeoutMs }) => {
      limits.push(`${commitSha === parentSha ? "parent" : "commit"} ${timeoutMs / 1000}`)
      return commitSha === parentSha ? parent : { ended: "never" }
    })
    const here = { source: commit, label: "x", limits: { timeoutMs: 600_000, memoryMb: 100 }, layers: [] }
    const fiber = yield* Effect.forkChild(tryNoticingEndless(here, plan).pipe(Effect.provide(world.layer)))
    let seconds = 0
    while (fiber.pollUnsafe() === undefined && seconds < 1_000) {
      yield* TestClock.adjust("1 second")
      seconds += 1
    }
    return { tried: yield* Fiber.join(fiber), limits, seconds }
  })

it.effect("gives up early on a command that never ends when the parent commit is quick", () =>
  Effect.gen(function* () {
    const { tried, limits, seconds } = yield* endless({ durationMs: 4_000 })
    expect(limits).toEqual(["commit 600", "parent 600", "commit 40"])
    expect(tried.red).toMatchObject({ ended: "deadline", result: { timedOut: true } })
    expect(seconds).toBeLessThan(100)
  }),
)

it.effect.each<[string, Scripted]>([
  ["red too", { exitCode: 1 }],
  ["slow itself", { durationMs: 60_000 }],
  ["not to be tried", { ended: "away" }],
])("waits in full when the parent is %s", ([, parent]) =>
  Effect.gen(function* () {
    const { tried, limits, seconds } = yield* endless(parent)
    expect(limits).toEqual(["commit 600", "parent 600"])
    expect(tried.red).toMatchObject({ ended: "deadline" })
    expect(seconds).toBeGreaterThanOrEqual(600)
  }),
)

it.effect("does not look at the parent when the command ends soon", () =>
  Effect.gen(function* () {
    const world = scriptedWorld({}, () => ({ exitCode: 1 }))
    const here = { source: commit, label: "x", limits: { timeoutMs: 600_000, memoryMb: 100 }, layers: [] }
    const tried = yield* tryNoticingEndless(here, plan).pipe(Effect.provide(world.layer))
    expect(tried.red?.result.exitCode).toBe(1)
    expect(world.runs).toEqual(["test"])
  }),
)
