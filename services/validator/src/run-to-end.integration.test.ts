import { spawnSync } from "node:child_process"
import { expect, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { runGit } from "./run-git.ts"
import { runToEnd } from "./run-to-end.ts"

/** How many programs sleep as long as only this test lets them. */
const sleeping = () => Number(spawnSync("pgrep", ["-fc", "^sleep 60.0042$"]).stdout.toString())

const afterTenMinutes = <A, E>(work: Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const running = yield* Effect.forkChild(work, { startImmediately: true })
    yield* TestClock.adjust("10 minutes")
    return yield* Fiber.join(running)
  })

it.effect("a program that hangs is ended after ten minutes", () =>
  Effect.gen(function* () {
    const { code, output } = yield* afterTenMinutes(runToEnd(["sleep", "60"]))
    expect([code, output]).toEqual([124, expect.stringContaining("10 minutes")])
  }),
)

it.effect("so is a git that hangs, with what it started, and this says nothing about the repository", () =>
  Effect.gen(function* () {
    const hangs = { config: "/dev/null", args: ["-c", "alias.hang=!exec sleep 60.0042 >/dev/null 2>&1", "hang"] }
    const hanging = yield* Effect.forkChild(Effect.flip(runGit(hangs)), { startImmediately: true })
    yield* Effect.promise(() => expect.poll(sleeping).toBe(1))
    yield* TestClock.adjust("10 minutes")
    expect(yield* Fiber.join(hanging)).toMatchObject({ _tag: "GitFailed", code: 124 })
    yield* Effect.promise(() => expect.poll(sleeping).toBe(0))
  }),
)
