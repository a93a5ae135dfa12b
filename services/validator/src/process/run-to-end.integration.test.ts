import { spawnSync } from "node:child_process"
import { expect, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { runGit } from "../workspace/run-git.ts"
import { runToEnd } from "./run-to-end.ts"

/** How many programs sleep as long as only this test lets them. */
const sleeping = () => Number(spawnSync("pgrep", ["-fc", "^sleep 60.0042$"]).stdout.toString())

/** What comes of work that goes on for ten minutes, once so many of them sleep. */
const afterTenMinutes = <A, E>(work: Effect.Effect<A, E>, sleepers = 0) =>
  Effect.gen(function* () {
    const running = yield* Effect.forkChild(work, { startImmediately: true })
    yield* Effect.promise(() => expect.poll(sleeping).toBe(sleepers))
    yield* TestClock.adjust("10 minutes")
    return yield* Fiber.join(running)
  })

it.effect("a program that hangs is ended after ten minutes", () =>
  Effect.gen(function* () {
    const { code, output } = yield* afterTenMinutes(runToEnd(["sleep", "60"]))
    expect([code, output]).toEqual([124, expect.stringContaining("10 minutes")])
  }),
)

it.effect("so is what it left behind with its output in hand", () =>
  Effect.gen(function* () {
    expect(yield* afterTenMinutes(runToEnd(["sh", "-c", "sleep 60.0042 & exit 0"]), 1)).toMatchObject({ code: 124 })
    yield* Effect.promise(() => expect.poll(sleeping).toBe(0))
  }),
)

it.effect("so is a git that hangs, with what it started, and this says nothing about the repository", () =>
  Effect.gen(function* () {
    const hangs = { config: "/dev/null", args: ["-c", "alias.hang=!exec sleep 60.0042 >/dev/null 2>&1", "hang"] }
    expect(yield* afterTenMinutes(Effect.flip(runGit(hangs)), 1)).toMatchObject({ _tag: "GitFailed", code: 124 })
    yield* Effect.promise(() => expect.poll(sleeping).toBe(0))
  }),
)
