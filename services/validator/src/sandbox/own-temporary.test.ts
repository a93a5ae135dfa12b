import { existsSync } from "node:fs"
import { mkdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { clearLeftovers, ownTemporary } from "./own-temporary.ts"

/** No process can have this id: the kernel's largest is 2^22. */
const deadPid = 2 ** 22 + 1

it.live("clears away what a killed process left, and nothing that somebody uses", () =>
  Effect.gen(function* () {
    const left = join(tmpdir(), `ci-fix-pilot-disk-${deadPid}-x`)
    const foreign = join(tmpdir(), `ci-fix-pilot-else-${deadPid}-x`)
    yield* Effect.addFinalizer(() => Effect.promise(() => rm(foreign, { recursive: true, force: true })))
    yield* Effect.promise(() => Promise.all([mkdir(left), mkdir(foreign)]))
    const used = yield* ownTemporary("disk")
    yield* clearLeftovers
    expect([left, foreign, used].map((path) => existsSync(path))).toEqual([false, true, true])
  }),
)

it.live("removes its directory with the scope", () =>
  Effect.gen(function* () {
    const path = yield* Effect.scoped(ownTemporary("sandbox"))
    expect(existsSync(path)).toBe(false)
  }),
)
